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
}

/**
 * Weights, newest first, of a ridge regression on the Chebyshev polynomials T_0 .. T_m, evaluated at `at`:
 * w = phi(at)^T (Phi^T Phi + lambda R)^-1 Phi^T, R the identity without the constant's entry. Source:
 * Spectrum, arXiv 2603.01623, whose lambda also shrinks the constant.
 *
 * Without that penalty a constant is its own fit, so weights sum to 1. With lambda = 0 and degree + 1
 * features this is the polynomial through them. Otherwise it is not interpolatory, not even at the newest
 * feature: it smooths, and with lambda > 0 it lags on a line.
 *
 * Spectrum normalises positions over the whole run, of which it keeps every feature. Here [-1, 1] spans
 * the fitted features and `at`: a few late features fill so little of a whole run that lambda would
 * flatten them. This way |T_i| <= 1 wherever it is used, lambda means the same for every unit and
 * interval, and a longer look ahead is damped more.
 */
export function chebyshevWeights({ positions, at, degree, ridge }: ChebyshevOptions): number[] {
  const low = Math.min(at, ...positions);
  const high = Math.max(at, ...positions);
  const basis = (position: number) =>
    chebyshev(high > low ? (position - low - (high - position)) / (high - low) : 0, degree);
  const newestFirst = positions.toReversed().map(basis);
  // The closed form is the head of the shortest solution of [Phi^T, sqrt(lambda R)] x = phi(at).
  const rows = basis(at).map((_, i) => [
    ...newestFirst.map((values) => values[i] ?? NaN),
    ...penaltyRow(i, degree, ridge),
  ]);
  return shortestSolution({ rows, values: basis(at) }).slice(0, positions.length);
}

/** Row i of sqrt(lambda R), without the constant's column. */
function penaltyRow(i: number, degree: number, ridge: number): number[] {
  return Array.from({ length: degree }, (_, j) => (j + 1 === i ? Math.sqrt(ridge) : 0));
}

/** T_0 .. T_degree at x. */
function chebyshev(x: number, degree: number): number[] {
  const values = [1, x];
  for (let i = 2; i <= degree; i++) {
    values.push(2 * x * (values[i - 1] ?? NaN) - (values[i - 2] ?? NaN));
  }
  return values.slice(0, degree + 1);
}
