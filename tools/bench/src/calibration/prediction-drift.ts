import {
  callsOf,
  createWalkFitter,
  driftOfGap,
  finalSteps,
  fitAll,
  MAX_SEARCH_HISTORY,
  type FittedSchedule,
  type WalkFitOptions,
} from '@forecache/cache-policy';
import { squaredNorm, type TrajectoryGram } from '@forecache/core';

/** ‖ · ‖² of how far a schedule moves the final samples, as inner products of full runs tell it. */
export interface PredictedDrift {
  /** Gaps by themselves, added up: what schedules are searched by. */
  readonly gaps: number;
  /** The same, each gap times its growth. */
  readonly gapsGrown: number;
  /** All gaps as one combination, so that they may cancel each other. */
  readonly whole: number;
  /** The same, each gap times its growth. */
  readonly wholeGrown: number;
}

/** Predicts without the model. Weights of the combination are fitted with `options`, those of single gaps freely. */
export function predictDrift(
  gram: TrajectoryGram,
  schedule: FittedSchedule,
  { growth, options }: { readonly growth: readonly number[]; readonly options: WalkFitOptions },
): PredictedDrift {
  const steps = finalSteps(schedule.response);
  const sum = (cost: ReturnType<typeof driftOfGap>) => sumOfGaps(schedule, cost);
  const grownAt = wholeOf(gram, schedule, options);
  return {
    gaps: sum(driftOfGap({ gram, steps })),
    gapsGrown: sum(driftOfGap({ gram, steps, growth })),
    whole: grownAt(() => 1),
    wholeGrown: grownAt((end) => growth[end] ?? NaN),
  };
}

function sumOfGaps(
  { fullCalls, response }: FittedSchedule,
  cost: ReturnType<typeof driftOfGap>,
): number {
  return fullCalls.reduce((total, _, gap) => {
    const history = fullCalls.slice(Math.max(0, gap + 1 - MAX_SEARCH_HISTORY), gap + 1).reverse();
    return total + cost(history, fullCalls[gap + 1] ?? callsOf(response));
  }, 0);
}

/** ‖Σ_gaps g(end) · (what the gap moves the final sample by)‖², with features of the full run at full calls. */
function wholeOf(
  { products }: TrajectoryGram,
  schedule: FittedSchedule,
  options: WalkFitOptions,
): (grownAt: (end: number) => number) => number {
  const { fullCalls, response } = schedule;
  const calls = callsOf(response);
  const all = [...Array.from({ length: calls }, (_, call) => call), ...fullCalls];
  const walk = { products: all.map((i) => all.map((j) => products[i]?.[j] ?? NaN)) };
  const fitter = createWalkFitter(schedule, options);
  fitAll(fitter, schedule, walk);
  const ends = [...fullCalls.slice(1), calls];
  const moves = ends.map((end, gap) => {
    const before = fitter.drift(fullCalls[gap] ?? NaN);
    return fitter.drift(end).map((value, i) => value - (before[i] ?? NaN));
  });
  return (grownAt) => {
    const total = all.map((_, i) =>
      moves.reduce((sum, move, gap) => sum + grownAt(ends[gap] ?? NaN) * (move[i] ?? NaN), 0),
    );
    return squaredNorm(walk, total);
  };
}
