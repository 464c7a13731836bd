import { invalidArgument } from '@forecache/core';

/** A Gaussian in feature space: what a Fréchet distance compares. */
export interface Gaussian {
  readonly mean: readonly number[];
  /** Symmetric, `mean.length` rows and columns. */
  readonly covariance: readonly (readonly number[])[];
}

/** Mean and covariance (divisor count - 1) of feature vectors of one length, in double precision. */
export function gaussianStatistics(
  features: readonly ArrayLike<number>[],
): Gaussian & { readonly count: number } {
  const count = features.length;
  if (count < 2) throw invalidArgument('features.length', '>= 2', count);
  const size = features[0]?.length ?? 0;
  if (size === 0) throw invalidArgument('features[0].length', '>= 1', size);
  assertEqualLengths(features, size);
  const mean = meanOf(features, size);
  return { mean, covariance: covarianceOf(features, mean), count };
}

function assertEqualLengths(features: readonly ArrayLike<number>[], size: number): void {
  features.forEach((row, i) => {
    if (row.length !== size) throw invalidArgument(`features[${i}].length`, `${size}`, row.length);
    for (let k = 0; k < size; k++) {
      if (!Number.isFinite(row[k])) {
        throw invalidArgument(`features[${i}][${k}]`, 'a finite number', row[k]);
      }
    }
  });
}

function meanOf(features: readonly ArrayLike<number>[], size: number): number[] {
  const mean = new Array<number>(size).fill(0);
  for (const row of features) {
    for (let k = 0; k < size; k++) mean[k] = (mean[k] ?? 0) + (row[k] ?? NaN) / features.length;
  }
  return mean;
}

function covarianceOf(
  features: readonly ArrayLike<number>[],
  mean: readonly number[],
): readonly number[][] {
  const size = mean.length;
  const sums = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (const row of features) {
    for (let k = 0; k < size; k++) centred[k] = (row[k] ?? NaN) - (mean[k] ?? NaN);
    for (let i = 0; i < size; i++) {
      const left = centred[i] ?? NaN;
      for (let j = 0; j <= i; j++) {
        sums[i * size + j] = (sums[i * size + j] ?? NaN) + left * (centred[j] ?? NaN);
      }
    }
  }
  const lower = (i: number, j: number) => (sums[i * size + j] ?? NaN) / (features.length - 1);
  return mean.map((_, i) => mean.map((_, j) => lower(Math.max(i, j), Math.min(i, j))));
}
