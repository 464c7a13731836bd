import { invalidArgument, squaredNorm, sumGrams } from '@forecache/core';
import { errorGrowth } from './error-growth.js';
import { assertSamplerResponse, callsOf } from './sampler-response.js';
import {
  createWalkFitter,
  deviationSquared,
  type CallWeights,
  type FittedSchedule,
  type WalkFitOptions,
  type WalkFitter,
  type WalkGram,
} from './walk-fit.js';

/** Walks of one schedule and what to fit with. */
export interface WeightsProblem extends FittedSchedule {
  /** One a run, all of one size. */
  readonly walks: readonly WalkGram[];
  /** Stored features that a forecast reads at most; null: chosen by leaving runs out. */
  readonly history: number | null;
  /** Relative to the features' mean squared norm; null: chosen by leaving runs out. */
  readonly ridge: number | null;
}

/** Weights of a schedule and how good they are. */
export interface FittedWeights extends WalkFitOptions {
  /** Of every skipped call, in order; newest feature first. */
  readonly weights: readonly CallWeights[];
  /** sqrt(Σ ‖x - x*‖² / Σ ‖move‖²) of the final sample over the runs of the fit, move what all outputs of the full run add. */
  readonly predictedError: number;
  /** The same with each run left out of its fit in turn; NaN with a single run. */
  readonly heldOutError: number;
  /** As `errorGrowth` tells it of the walks; empty before the first. */
  readonly growth: readonly number[];
}

/** What is tried where nothing is given. */
export const HISTORIES: readonly number[] = Object.freeze([1, 2, 3, 4, 6]);
/** What is tried where nothing is given. */
export const RIDGES: readonly number[] = Object.freeze([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]);
/** With a single run nothing can be left out. */
const WITHOUT_CHOICE: WalkFitOptions = Object.freeze({ history: 3, ridge: 1e-4 });

/**
 * The best weights of a schedule, gap by gap, from inner products alone; features are taken to stay what they were on the
 * walks. History and ridge are the ones with which left-out runs come closest to their full runs at all full calls.
 */
export function fitWeightsToWalks(problem: WeightsProblem): FittedWeights {
  assertSchedule(problem);
  const walks = problem.walks.map((walk) => completed(walk, problem));
  const leftOut = leaveOneOut(walks);
  const options = chooseOptions({ ...problem, walks }, leftOut);
  const fitter = createWalkFitter(problem, options);
  const gram = sumGrams(walks);
  const weights = fitAll(fitter, problem, gram);
  const isWalked = (problem.walks[0]?.products.length ?? 0) > callsOf(problem.response);
  return {
    ...options,
    weights,
    growth: isWalked ? errorGrowth(problem, fitter, gram) : [],
    predictedError: finalError(
      walks.map((walk) => ({ walk, fitter })),
      problem,
    ),
    heldOutError:
      walks.length < 2 ? NaN : finalError(fitLeftOut(leftOut, problem, options), problem),
  };
}

/** Fits every gap in order. Answers the weights of all skipped calls. */
export function fitAll(
  fitter: WalkFitter,
  { fullCalls }: Pick<FittedSchedule, 'fullCalls'>,
  gram: WalkGram,
): CallWeights[] {
  return fullCalls.flatMap((_, gap) => fitter.fitGap(gap, gram));
}

interface Split {
  readonly rest: WalkGram;
  readonly walk: WalkGram;
}

function leaveOneOut(walks: readonly WalkGram[]): Split[] {
  if (walks.length < 2) return [];
  return walks.map((walk, i) => ({ walk, rest: sumGrams(walks.filter((_, j) => j !== i)) }));
}

function fitLeftOut(splits: readonly Split[], schedule: FittedSchedule, options: WalkFitOptions) {
  return splits.map(({ rest, walk }) => {
    const fitter = createWalkFitter(schedule, options);
    fitAll(fitter, schedule, rest);
    return { walk, fitter };
  });
}

function chooseOptions(problem: WeightsProblem, splits: readonly Split[]): WalkFitOptions {
  const { fullCalls, response } = problem;
  const histories = problem.history === null ? HISTORIES : [problem.history];
  const ridges = problem.ridge === null ? RIDGES : [problem.ridge];
  const candidates = histories
    .filter((history, i) => i === 0 || history <= fullCalls.length)
    .flatMap((history) => ridges.map((ridge) => ({ history, ridge })));
  if (candidates.length === 1) return candidates[0] ?? WITHOUT_CHOICE;
  if (splits.length === 0) {
    const { history = WITHOUT_CHOICE.history, ridge = WITHOUT_CHOICE.ridge } = {
      ...(problem.history !== null && { history: problem.history }),
      ...(problem.ridge !== null && { ridge: problem.ridge }),
    };
    return { history, ridge };
  }
  const ends = [...fullCalls.slice(1), callsOf(response)];
  const scored = candidates.map((options) => {
    const fits = fitLeftOut(splits, problem, options);
    const score = fits.reduce(
      (sum, { walk, fitter }) =>
        sum + ends.reduce((part, end) => part + deviationSquared(fitter, walk, end), 0),
      0,
    );
    return { options, score };
  });
  return scored.reduce((best, other) => (other.score < best.score ? other : best)).options;
}

function finalError(
  fits: readonly { readonly walk: WalkGram; readonly fitter: WalkFitter }[],
  { response }: FittedSchedule,
): number {
  const calls = callsOf(response);
  const steps = response.rows[calls] ?? [];
  let off = 0;
  let moved = 0;
  for (const { walk, fitter } of fits) {
    off += deviationSquared(fitter, walk, calls);
    const whole = walk.products.map((_, i) => steps[i] ?? 0);
    moved += squaredNorm(walk, whole);
  }
  return Math.sqrt(off / moved);
}

/** Before the first walk its features are those of the full run. */
function completed(walk: WalkGram, { response, fullCalls }: FittedSchedule): WalkGram {
  const calls = callsOf(response);
  const { products } = walk;
  if (products.length === calls + fullCalls.length) return walk;
  if (products.length !== calls) {
    const rule = `${calls} (outputs of the full run) or ${calls + fullCalls.length} (and of the walk)`;
    throw invalidArgument('walks[].products.length', rule, products.length);
  }
  const all = [...products.keys(), ...fullCalls];
  return { products: all.map((i) => all.map((j) => products[i]?.[j] ?? NaN)) };
}

function assertSchedule({ response, fullCalls, positions, walks, history, ridge }: WeightsProblem) {
  assertSamplerResponse(response);
  const calls = callsOf(response);
  const isSchedule =
    fullCalls[0] === 0 &&
    fullCalls.every((call, i) => Number.isInteger(call) && call > (fullCalls[i - 1] ?? -1)) &&
    (fullCalls.at(-1) ?? NaN) < calls;
  if (!isSchedule) {
    throw invalidArgument('fullCalls', `rising calls from 0 to ${calls - 1} at most`, fullCalls);
  }
  if (positions.length !== calls)
    throw invalidArgument('positions.length', `one a call (${calls})`, positions.length);
  if (walks.length === 0) throw invalidArgument('walks', 'at least one run', walks);
  if (history !== null && !(Number.isInteger(history) && history >= 1))
    throw invalidArgument('history', 'an integer >= 1', history);
  if (ridge !== null && !(ridge > 0 && ridge < Infinity))
    throw invalidArgument('ridge', 'a finite number > 0', ridge);
}
