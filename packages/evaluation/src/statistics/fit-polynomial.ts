import { invalidArgument } from '@forecache/core';
import { Matrix, QrDecomposition } from 'ml-matrix';

/** A least-squares polynomial and how well it fits. */
export interface FittedPolynomial {
  /** Highest power first, as TeaCache publishes them. */
  readonly coefficients: readonly number[];
  /** Share of the variance of y that it explains: 1 is a perfect fit, 0 no better than the mean. */
  readonly rSquared: number;
}

/**
 * The polynomial of a degree that is closest to the points in the sum of squares. Solved by QR in x divided by its
 * largest magnitude, so that powers of small numbers do not lose the digits. Throws unless there are more different
 * x than the degree.
 */
export function fitPolynomial(
  xs: readonly number[],
  ys: readonly number[],
  degree: number,
): FittedPolynomial {
  assertPoints(xs, ys, degree);
  const scale = Math.max(...xs.map(Math.abs));
  const powers = (x: number) => Array.from({ length: degree + 1 }, (_, i) => (x / scale) ** i);
  const design = new Matrix(xs.map(powers));
  const scaled = new QrDecomposition(design).solve(Matrix.columnVector([...ys])).to1DArray();
  const residuals = design
    .mmul(Matrix.columnVector(scaled))
    .to1DArray()
    .map((y, i) => y - (ys[i] ?? NaN));
  const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  const variation = squares(ys.map((y) => y - mean));
  return {
    coefficients: scaled.map((value, i) => value / scale ** i).reverse(),
    rSquared: variation === 0 ? 1 : 1 - squares(residuals) / variation,
  };
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function assertPoints(xs: readonly number[], ys: readonly number[], degree: number): void {
  if (!Number.isInteger(degree) || degree < 0) {
    throw invalidArgument('degree', 'an integer >= 0', degree);
  }
  if (xs.length !== ys.length) {
    throw invalidArgument('ys.length', `xs.length = ${xs.length}`, ys.length);
  }
  const wrong = [...xs, ...ys].find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw invalidArgument('points', 'finite numbers', wrong);
  const different = new Set(xs).size;
  if (different <= degree) {
    throw invalidArgument('xs', `more than ${degree} different numbers`, different);
  }
}
