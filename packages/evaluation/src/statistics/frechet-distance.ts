import { invalidArgument } from '@forecache/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Gaussian } from './gaussian-statistics.js';

/**
 * Squared Fréchet distance of two Gaussians (Heusel et al. 2017, eq. 6):
 * |μa - μb|² + tr(A + B - 2 (A B)^½). The last trace is the sum of the roots of the eigenvalues of
 * A^½ B A^½, which is symmetric, so no complex root appears. Eigenvalues that rounding made negative count
 * as 0 and nothing is added to the diagonal: rank-deficient covariances (fewer samples than features) are
 * fine. The result is clipped at 0, its smallest true value.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  assertGaussian('a', a);
  assertGaussian('b', b);
  if (a.mean.length !== b.mean.length) {
    throw invalidArgument('b.mean.length', `a.mean.length = ${a.mean.length}`, b.mean.length);
  }
  const root = symmetricRoot(toMatrix(a.covariance));
  const inner = root.mmul(toMatrix(b.covariance)).mmul(root);
  const cross = sum(eigenvaluesOf(inner).map((value) => Math.sqrt(Math.max(value, 0))));
  const shift = sum(a.mean.map((value, k) => (value - (b.mean[k] ?? NaN)) ** 2));
  return Math.max(shift + trace(a) + trace(b) - 2 * cross, 0);
}

function assertGaussian(name: string, { mean, covariance }: Gaussian): void {
  const size = mean.length;
  if (size === 0) throw invalidArgument(`${name}.mean.length`, '>= 1', 0);
  if (covariance.length !== size) {
    throw invalidArgument(`${name}.covariance.length`, `${size}`, covariance.length);
  }
  covariance.forEach((row, i) => {
    if (row.length !== size) {
      throw invalidArgument(`${name}.covariance[${i}].length`, `${size}`, row.length);
    }
  });
  for (const value of [...mean, ...covariance.flat()]) {
    if (!Number.isFinite(value)) throw invalidArgument(name, 'finite numbers', value);
  }
}

function toMatrix(rows: Gaussian['covariance']): Matrix {
  return new Matrix(rows.map((row) => [...row]));
}

function symmetricRoot(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: vectors } = decompose(matrix);
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(value, 0)));
  return vectors.clone().mulRowVector(roots).mmul(vectors.transpose());
}

function eigenvaluesOf(matrix: Matrix): number[] {
  return decompose(matrix).realEigenvalues;
}

/**
 * Entries this much smaller than the largest one count as 0: that is far below rounding, and the solver's rotations
 * divide by their squares, which underflow.
 */
const NEGLIGIBLE = 1e-150;

/** `assumeSymmetric` keeps rounding in A^½ B A^½ from choosing the general solver. */
function decompose(matrix: Matrix): EigenvalueDecomposition {
  const largest = Math.max(matrix.max(), -matrix.min());
  const rows = matrix.to2DArray().map((row) => {
    return row.map((value) => (Math.abs(value) < NEGLIGIBLE * largest ? 0 : value));
  });
  return new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
}

function trace({ covariance }: Gaussian): number {
  return sum(covariance.map((row, i) => row[i] ?? NaN));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
