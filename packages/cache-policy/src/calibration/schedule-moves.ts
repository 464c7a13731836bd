/** Which moves of a schedule are tried. */
export interface MoveOptions {
  /** Calls of the run. */
  readonly calls: number;
  /** Full calls that move together, this many and fewer. */
  readonly together: number;
  /** Farthest move in calls. */
  readonly farthest: number;
}

/**
 * The schedule with the full call at `index`, and the next ones with it, moved by 1, 2, 4, … calls to either side, as far as
 * their neighbours leave room. The first call, which is always full, does not move.
 */
export function movesOf(
  fullCalls: readonly number[],
  index: number,
  { calls, together, farthest }: MoveOptions,
): readonly number[][] {
  if (index < 1) return [];
  const moves: number[][] = [];
  for (let count = 1; count <= together && index + count <= fullCalls.length; count++) {
    const first = fullCalls[index] ?? NaN;
    const last = fullCalls[index + count - 1] ?? NaN;
    const lowest = (fullCalls[index - 1] ?? NaN) + 1 - first;
    const highest = (fullCalls[index + count] ?? calls) - 1 - last;
    for (let distance = 1; distance <= farthest; distance *= 2) {
      for (const by of [distance, -distance]) {
        if (by < lowest || by > highest) continue;
        moves.push(
          fullCalls.map((call, i) => (i >= index && i < index + count ? call + by : call)),
        );
      }
    }
  }
  return moves;
}
