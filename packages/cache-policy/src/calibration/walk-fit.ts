import {
  forecastWeights,
  innerProduct,
  solveSymmetric,
  squaredNorm,
  type TrajectoryGram,
} from '@forecache/core';
import { callsOf, finalSteps, type SamplerResponse } from './sampler-response.js';

/** A schedule whose weights are to be fitted. */
export interface FittedSchedule {
  readonly response: SamplerResponse;
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** Position of every call, strictly monotone: timesteps, sigmas or call indices. */
  readonly positions: readonly number[];
}

/** How much freedom the weights have. */
export interface WalkFitOptions {
  /** Stored features that a forecast reads at most, >= 1. */
  readonly history: number;
  /** λ, relative to the mean squared norm of the features; > 0. */
  readonly ridge: number;
}

/**
 * Inner products over the outputs v*_0 .. v*_{n-1} of a full run and the outputs F_0, F_1, … that a walk of the schedule
 * computed at its full calls, in this order. Fits that look at a gap need the walk up to it.
 */
export type WalkGram = TrajectoryGram;

/** Weights of one skipped call, newest feature first. */
export type CallWeights = readonly number[];

/** Fits the gaps of one schedule, one after the other. */
export interface WalkFitter {
  /**
   * The weights of every call of gap k, between the full calls k and k + 1; none where they follow each other. All calls
   * read the line through the newest two features (Adams–Bashforth 2 under Euler) plus one common correction δ, the
   * solution of min ‖x_e - x*_e‖² + λ μ κ² ‖δ‖², x_e the sample at the next full call, x*_e that of the full run, κ how
   * far a constant output moves it over the gap and μ the features' mean squared norm. Remembered for later gaps.
   */
  fitGap(gap: number, gram: WalkGram): readonly CallWeights[];
  /** Takes weights that are known instead. */
  setGap(gap: number, weights: readonly CallWeights[]): void;
  /** x_s - x*_s, the sample before call s (the final one for s = n), as a combination of the Gram's outputs. */
  deviation(s: number): readonly number[];
  /** Σ_{i<s} h_i (u_i - v*_i): what was given to the sampler before call s moves the final sample by, in the same way. */
  drift(s: number): readonly number[];
}

/** Starts with no gap fitted. */
export function createWalkFitter(
  { response, fullCalls, positions }: FittedSchedule,
  { history, ridge }: WalkFitOptions,
): WalkFitter {
  const calls = callsOf(response);
  const size = calls + fullCalls.length;
  /** What was given to the sampler at each call so far, less what the full run gave: a combination of outputs. */
  const differences: number[][] = [];

  const moved = (s: number, row: readonly number[]): number[] => {
    const total = new Array<number>(size).fill(0);
    differences.slice(0, s).forEach((difference, call) => {
      const influence = row[call] ?? NaN;
      difference.forEach((value, i) => (total[i] = (total[i] ?? NaN) + influence * value));
    });
    return total;
  };
  const deviation = (s: number) => moved(s, response.rows[s] ?? []);
  const give = (call: number, gap: number, weights: CallWeights): void => {
    const difference = new Array<number>(size).fill(0);
    difference[call] = -1;
    weights.forEach((weight, j) => (difference[calls + gap - j] = weight));
    differences[call] = difference;
  };
  const giveGap = (gap: number, weights: readonly CallWeights[]): void => {
    const first = fullCalls[gap] ?? NaN;
    give(first, gap, [1]);
    weights.forEach((ofCall, i) => give(first + 1 + i, gap, ofCall));
  };

  return {
    fitGap(gap, gram) {
      const first = (fullCalls[gap] ?? NaN) + 1;
      const end = fullCalls[gap + 1] ?? calls;
      const skipped = Array.from({ length: end - first }, (_, i) => first + i);
      const read = fullCalls.slice(Math.max(0, gap + 1 - history), gap + 1).reverse();
      const lines = skipped.map((call) => lineWeights(read, call, positions));
      giveGap(gap, lines);
      const kappa = skipped.reduce((sum, call) => sum + (response.rows[end]?.[call] ?? NaN), 0);
      if (skipped.length === 0 || kappa === 0) return lines;
      const features = read.map((_, j) => calls + gap - j);
      const correction = correct(gram, { features, ridge, kappa, off: deviation(end) });
      const weights = lines.map((line) => line.map((weight, j) => weight + (correction[j] ?? NaN)));
      giveGap(gap, weights);
      return weights;
    },
    setGap: giveGap,
    deviation,
    drift: (s) => moved(s, finalSteps(response)),
  };
}

/** The line through the newest two features at a call, newest first; as many weights as features are read. */
function lineWeights(
  read: readonly number[],
  target: number,
  positions: readonly number[],
): number[] {
  const at = positions[target] ?? NaN;
  const newest = read.slice(0, 2).reverse();
  const history = newest.map((call) => ({ call, position: positions[call] ?? NaN }));
  const { weights } = forecastWeights({ forecaster: 'newton', order: 1, history, at });
  return read.map((_, j) => weights[j] ?? 0);
}

interface Correction {
  /** Where the features are in the Gram matrix, newest first. */
  readonly features: readonly number[];
  readonly ridge: number;
  readonly kappa: number;
  /** The deviation without correction. */
  readonly off: readonly number[];
}

/** δ of min ‖off + κ Σ δ_j F_j‖² + λ μ κ² ‖δ‖². */
function correct({ products }: WalkGram, { features, ridge, kappa, off }: Correction): number[] {
  const at = (i: number, j: number) => products[i]?.[j] ?? NaN;
  const pull = (ridge * features.reduce((sum, i) => sum + at(i, i), 0)) / features.length;
  const matrix = features.map((i, a) => features.map((j, b) => at(i, j) + (a === b ? pull : 0)));
  // The matrix may end where the walk does; what lies beyond has no part in the deviation yet.
  const right = features.map((i) => {
    const row = products[i] ?? [];
    return -innerProduct(row, off.slice(0, row.length)) / kappa;
  });
  // Features that are all zero have nothing to fit.
  return solveSymmetric(matrix, right) ?? features.map(() => 0);
}

/** ‖x_s - x*_s‖² of one or more runs. */
export function deviationSquared(fitter: WalkFitter, gram: WalkGram, s: number): number {
  return squaredNorm(gram, fitter.deviation(s).slice(0, gram.products.length));
}
