import { shortestSolution } from './solve-linear.js';

/** A fit and where to evaluate it. */
export interface ChebyshevOptions {
  /** Oldest first. */
  readonly positions: readonly number[];
  readonly at: number;
  /** Degree, below positions.length. */
  readonly degree: number;
  /** lambda, >= 0. */
  readonly ridge: number;
  /** The positions that become -1 and 1; null: the outermost of `positions` and `at`. */
  readonly span: readonly [number, number] | null;
}

/**
 * Weights, newest first, of a ridge regression on the Chebyshev polynomials T_0 .. T_m, evaluated at `at`:
 * w = phi(at)^T (Phi^T Phi + lambda I)^-1 Phi^T. Source: Spectrum, arXiv 2603.01623, and its released code.
 *
 * lambda also shrinks the constant, so with lambda > 0 weights sum to less than 1 where features are few. With
 * lambda = 0 they sum to 1, and with degree + 1 features this is the polynomial through them. Otherwise it is
 * not interpolatory, not even at the newest feature: it smooths, and it lags on a line.
 *
 * Spectrum normalises positions over the whole run. That matters: a fit whose newest feature and target lie at
 * the end of [-1, 1] swings there with every degree, where one inside of a run that goes on is held by lambda.
 */
export function chebyshevWeights(options: ChebyshevOptions): number[] {
  const { positions, at, degree, ridge, span } = options;
  const ends = span ?? [at, ...positions];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const basis = (position: number) =>
    chebyshev(high > low ? (position - low - (high - position)) / (high - low) : 0, degree);
  const newestFirst = positions.toReversed().map(basis);
  // The closed form is the head of the shortest solution of [Phi^T, sqrt(lambda) I] x = phi(at).
  const rows = basis(at).map((_, i) => [
    ...newestFirst.map((values) => values[i] ?? NaN),
    ...penaltyRow(i, degree, ridge),
  ]);
  return shortestSolution({ rows, values: basis(at) }).slice(0, positions.length);
}

/** Row i of sqrt(lambda) I. */
function penaltyRow(i: number, degree: number, ridge: number): number[] {
  return Array.from({ length: degree + 1 }, (_, j) => (j === i ? Math.sqrt(ridge) : 0));
}

/** T_0 .. T_degree at x. */
function chebyshev(x: number, degree: number): number[] {
  const values = [1, x];
  for (let i = 2; i <= degree; i++) {
    values.push(2 * x * (values[i - 1] ?? NaN) - (values[i - 2] ?? NaN));
  }
  return values.slice(0, degree + 1);
}
