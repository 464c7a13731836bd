import { invalidArgument } from '@forecache/core';

/** Schedules to draw. */
export interface RandomSchedules {
  /** Calls of the run. */
  readonly calls: number;
  /** Full calls of each schedule, the first at 0. */
  readonly fullCalls: number;
  readonly count: number;
  readonly seed: number;
}

/** Different schedules, each as likely as any other; the same for the same seed. */
export function randomSchedules({ calls, fullCalls, count, seed }: RandomSchedules): number[][] {
  assertRoom({ calls, fullCalls, count, seed });
  const random = createRandom(seed);
  const found = new Map<string, number[]>();
  while (found.size < count) {
    const rest = Array.from({ length: calls - 1 }, (_, i) => i + 1);
    const drawn = Array.from({ length: fullCalls - 1 }, () =>
      rest.splice(Math.floor(random() * rest.length), 1),
    );
    const schedule = [0, ...drawn.flat()].sort((a, b) => a - b);
    found.set(schedule.join(), schedule);
  }
  return [...found.values()];
}

/** As `randomSchedules`, each full call but the first moved by up to `farthest` calls from where it is in `centre`. */
export function schedulesNear(
  centre: readonly number[],
  {
    calls,
    count,
    seed,
    farthest,
  }: Omit<RandomSchedules, 'fullCalls'> & { readonly farthest: number },
): number[][] {
  const random = createRandom(seed);
  const found = new Map<string, number[]>();
  for (let draw = 0; found.size < count && draw < 1000 * count; draw++) {
    const moved = centre.map((call, i) =>
      i === 0 ? call : call + Math.floor(random() * (2 * farthest + 1)) - farthest,
    );
    const rises = moved.every((call, i) => i === 0 || call > (moved[i - 1] ?? NaN));
    if (rises && (moved.at(-1) ?? NaN) < calls) found.set(moved.join(), moved);
  }
  if (found.size < count)
    throw invalidArgument('count', `at most ${found.size}, all that were drawn`, count);
  return [...found.values()];
}

function assertRoom({ calls, fullCalls, count }: RandomSchedules): void {
  if (!(fullCalls >= 1 && fullCalls <= calls))
    throw invalidArgument('fullCalls', `an integer between 1 and ${calls}`, fullCalls);
  let ways = 1;
  for (let i = 0; i < fullCalls - 1; i++) ways = (ways * (calls - 1 - i)) / (i + 1);
  if (count > Math.round(ways))
    throw invalidArgument('count', `at most ${Math.round(ways)}`, count);
}

/** Numbers in [0, 1): mulberry32, public domain, by Tommy Ettinger. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
