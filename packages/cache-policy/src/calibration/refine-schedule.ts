import type { GapCost } from './gap-cost.js';
import { movesOf } from './schedule-moves.js';
import type { FoundSchedule } from './schedule-search.js';

/** A schedule to make better. */
export interface ScheduleRefinement {
  /** n, calls of the run. */
  readonly calls: number;
  /** Where it starts: call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** Stored features that a forecast reads at most, >= 1; not bounded as in an exact search. */
  readonly history: number;
  readonly gapCost: GapCost;
}

/**
 * Moves single full calls, and pairs of neighbours, as long as that lowers the sum of the gaps: by one call, and by twice as
 * far where the neighbours leave room. Only the gaps that a move touches are added up again. Ends in a local optimum.
 */
export function refineSchedule(refinement: ScheduleRefinement): FoundSchedule {
  let fullCalls = [...refinement.fullCalls];
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let index = 1; index < fullCalls.length; index++) {
      const better = betterNeighbour(refinement, fullCalls, index);
      if (better === null) continue;
      fullCalls = better;
      isBetter = true;
    }
  }
  return { fullCalls, cost: costOfGaps(refinement, fullCalls, [0, fullCalls.length]) };
}

/** The best schedule with the full call at `index`, or it and the next, moved; null where none is better. */
function betterNeighbour(
  refinement: ScheduleRefinement,
  fullCalls: readonly number[],
  index: number,
): number[] | null {
  let best: { readonly moved: number[]; readonly gain: number } | null = null;
  const moves = { calls: refinement.calls, together: 2, farthest: refinement.calls };
  for (const moved of movesOf(fullCalls, index, moves)) {
    // The gap before the first moved call, and every gap whose history may hold a moved one.
    const touched = [index - 1, index + 1 + refinement.history] as const;
    const gain =
      costOfGaps(refinement, fullCalls, touched) - costOfGaps(refinement, moved, touched);
    if (gain > (best?.gain ?? 0)) best = { moved, gain };
  }
  return best?.moved ?? null;
}

/** The gaps after the full calls `from` .. `to` - 1. */
function costOfGaps(
  { calls, history, gapCost }: ScheduleRefinement,
  fullCalls: readonly number[],
  [from, to]: readonly [number, number],
): number {
  let cost = 0;
  for (let gap = from; gap < Math.min(to, fullCalls.length); gap++) {
    const newestFirst = fullCalls.slice(Math.max(0, gap + 1 - history), gap + 1).reverse();
    cost += gapCost(newestFirst, fullCalls[gap + 1] ?? calls);
  }
  return cost;
}
