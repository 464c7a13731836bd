import { invalidArgument } from './forecast-error.js';
import { innerProduct } from './inner-product.js';
import { solveSymmetric } from './solve-symmetric.js';

/**
 * Inner products of one site's features over the calls of recorded full runs: `products[i][j]` is the sum over runs of
 * ⟨F_i, F_j⟩. Symmetric. Everything linear in the features is answered from it without the features and without the model:
 * a combination Σ a_i F_i has the squared norm aᵀ G a, and a forecast Σ_j w_j F_j of call s is off by the combination that
 * has w_j at the calls it reads and -1 at s.
 */
export interface TrajectoryGram {
  /** `[calls][calls]`, float64. */
  readonly products: readonly (readonly number[])[];
}

/** A forecast of the feature of one call from those of others. */
export interface LinearForecast {
  /** The call that is forecast. */
  readonly target: number;
  /** Calls that are read, newest first. */
  readonly sources: readonly number[];
  /** One a source. */
  readonly weights: readonly number[];
}

/** How far fitted weights may go from others that are known to be sane. */
export interface FitOptions {
  /** λ >= 0, relative to the mean squared norm of the sources. Default 0: least squares. */
  readonly ridge?: number;
  /** w_0, what λ pulls towards; one a source. Default all 0. */
  readonly prior?: readonly number[];
}

/** The Gram matrix of several runs of as many calls, as if they were one: squared errors add. */
export function sumGrams(grams: readonly TrajectoryGram[]): TrajectoryGram {
  const calls = grams[0]?.products.length ?? 0;
  grams.forEach(({ products }, run) => {
    if (products.length !== calls) {
      throw invalidArgument(
        `grams[${run}].products.length`,
        `as in the first run (${calls})`,
        products.length,
      );
    }
  });
  const sum = (i: number, j: number) =>
    grams.reduce((total, { products }) => total + (products[i]?.[j] ?? NaN), 0);
  const indices = Array.from({ length: calls }, (_, i) => i);
  return { products: indices.map((i) => indices.map((j) => sum(i, j))) };
}

/**
 * ‖Σ_i a_i F_i‖² = aᵀ G a, summed over the runs. Rounding can make it negative by some 1e-16 of the terms that cancel;
 * what is negative is returned as 0.
 */
export function squaredNorm(gram: TrajectoryGram, coefficients: readonly number[]): number {
  assertLength(gram, 'coefficients', coefficients);
  const product = gram.products.map((row) => innerProduct(row, coefficients));
  return Math.max(0, innerProduct(coefficients, product));
}

/** The combination of features by which a forecast is off: its weights, and -1 at its target. */
export function errorCombination(gram: TrajectoryGram, forecast: LinearForecast): number[] {
  assertForecast(gram, forecast);
  const coefficients = new Array<number>(gram.products.length).fill(0);
  forecast.sources.forEach((call, i) => {
    coefficients[call] = (coefficients[call] ?? NaN) + (forecast.weights[i] ?? NaN);
  });
  coefficients[forecast.target] = (coefficients[forecast.target] ?? NaN) - 1;
  return coefficients;
}

/** ‖Σ_j w_j F_j - F_s‖², summed over the runs. */
export function forecastErrorSquared(gram: TrajectoryGram, forecast: LinearForecast): number {
  return squaredNorm(gram, errorCombination(gram, forecast));
}

/**
 * ‖Σ_s h_s e_s‖² of many forecasts of the network's output: how far they move the final sample to first order, each
 * error e_s carried on by the sampler's step size h_s of its call. Errors that cancel are seen to cancel.
 *
 * steps: h by call: σ_{s+1} - σ_s for Euler on flow matching.
 */
export function driftSquared(
  gram: TrajectoryGram,
  forecasts: readonly LinearForecast[],
  steps: readonly number[],
): number {
  assertLength(gram, 'steps', steps);
  const total = new Array<number>(gram.products.length).fill(0);
  for (const forecast of forecasts) {
    const step = steps[forecast.target] ?? NaN;
    errorCombination(gram, forecast).forEach((coefficient, call) => {
      total[call] = (total[call] ?? NaN) + step * coefficient;
    });
  }
  return squaredNorm(gram, total);
}

/**
 * The weights that minimise Σ_runs ‖Σ_j w_j F_j - F_s‖² + λ μ ‖w - w_0‖², μ the mean squared norm of the sources: the
 * normal equations (G_ss + λ μ I) w = g_st + λ μ w_0, which need only the Gram matrix.
 *
 * Sources that depend on each other to rounding have no single best weights without a ridge: throws `invalid-argument`.
 */
export function fitWeights(
  gram: TrajectoryGram,
  { target, sources }: Omit<LinearForecast, 'weights'>,
  { ridge = 0, prior = sources.map(() => 0) }: FitOptions = {},
): number[] {
  assertForecast(gram, { target, sources, weights: prior });
  if (!(ridge >= 0) || ridge === Infinity)
    throw invalidArgument('ridge', 'a finite number >= 0', ridge);
  const at = (i: number, j: number) => gram.products[i]?.[j] ?? NaN;
  const scale = sources.reduce((sum, call) => sum + at(call, call), 0) / sources.length;
  const pull = ridge * scale;
  const matrix = sources.map((row, i) =>
    sources.map((column, j) => at(row, column) + (i === j ? pull : 0)),
  );
  const right = sources.map((call, i) => at(call, target) + pull * (prior[i] ?? NaN));
  const solution = solveSymmetric(matrix, right);
  if (solution === undefined) {
    throw invalidArgument('sources', 'independent of each other, or ridge > 0', [...sources]);
  }
  return solution;
}

function assertForecast(gram: TrajectoryGram, { target, sources, weights }: LinearForecast): void {
  const calls = gram.products.length;
  const rule = `an integer in 0..${calls - 1}`;
  const isCall = (call: number) => Number.isInteger(call) && call >= 0 && call < calls;
  if (!isCall(target)) throw invalidArgument('target', rule, target);
  if (sources.length === 0) throw invalidArgument('sources', 'at least one call', [...sources]);
  sources.forEach((call, i) => {
    if (!isCall(call)) throw invalidArgument(`sources[${i}]`, rule, call);
  });
  if (weights.length !== sources.length) {
    throw invalidArgument('weights.length', `one a source (${sources.length})`, weights.length);
  }
}

function assertLength(gram: TrajectoryGram, name: string, values: readonly number[]): void {
  const calls = gram.products.length;
  if (values.length !== calls)
    throw invalidArgument(`${name}.length`, `one a call (${calls})`, values.length);
}
