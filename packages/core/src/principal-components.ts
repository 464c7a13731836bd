import { invalidArgument } from './forecast-error.js';
import { symmetricEigen } from './symmetric-eigen.js';
import type { TrajectoryGram } from './trajectory-gram.js';

/** A trajectory seen along the directions in which it moves most. */
export interface PrincipalComponents {
  /** `[calls][count]`: how far each call's feature is from the mean along each component, in the features' unit. */
  readonly coordinates: readonly (readonly number[])[];
  /** Part of the trajectory's variance along each component, largest first; all 0 where nothing moves. */
  readonly shares: readonly number[];
}

/**
 * The first `count` principal components of a trajectory, from inner products alone: eigenvectors of the centred Gram
 * matrix H G H, H = I - 1/n, each scaled by the root of its eigenvalue.
 *
 * With `count` as large as there are calls, distances between coordinates are distances between features: whatever has
 * weights that sum to 0 (a difference, the error of a forecast) has the same norm in both. A component's sign means
 * nothing; its coordinate of largest size is positive. Eigenvalues that rounding makes negative count as 0.
 */
export function principalComponents(gram: TrajectoryGram, count: number): PrincipalComponents {
  assertFinite(gram);
  const calls = gram.products.length;
  if (!Number.isInteger(count) || count < 1 || count > calls) {
    throw invalidArgument('count', `an integer in 1..${calls}`, count);
  }
  const { values, vectors } = symmetricEigen(centred(gram.products));
  const variances = values.map((value) => Math.max(0, value));
  const total = variances.reduce((sum, value) => sum + value, 0);
  const axes = vectors.slice(0, count).map((vector, k) => {
    const scale = signOf(vector) * Math.sqrt(variances[k] ?? NaN);
    return vector.map((x) => scale * x);
  });
  return {
    coordinates: gram.products.map((_, call) => axes.map((axis) => axis[call] ?? NaN)),
    shares: variances.slice(0, count).map((value) => (total === 0 ? 0 : value / total)),
  };
}

/**
 * Inner products of a trajectory's k-th backward differences, k = order: D G Dᵀ. Feature i of the result belongs to call
 * i + order; there are `order` fewer.
 *
 * Each order doubles the size of the terms that cancel: norms below some 1e-8 · 2^order of the features' are rounding.
 */
export function differenceGram(gram: TrajectoryGram, order: number): TrajectoryGram {
  assertFinite(gram);
  const calls = gram.products.length;
  if (!Number.isInteger(order) || order < 0 || order >= calls) {
    throw invalidArgument('order', `an integer in 0..${calls - 1}`, order);
  }
  let products = gram.products;
  for (let k = 0; k < order; k++) products = differenced(products);
  return { products };
}

type Matrix = readonly (readonly number[])[];

/** ⟨F_{i+1} - F_i, F_{j+1} - F_j⟩ for every i and j. */
function differenced(products: Matrix): Matrix {
  const at = (i: number, j: number) => products[i]?.[j] ?? NaN;
  const indices = Array.from({ length: products.length - 1 }, (_, i) => i);
  return indices.map((i) =>
    indices.map((j) => at(i + 1, j + 1) - at(i + 1, j) - at(i, j + 1) + at(i, j)),
  );
}

/** H G H: inner products of the features less their mean. */
function centred(products: Matrix): Matrix {
  const means = products.map(meanOf);
  const mean = meanOf(means);
  return products.map((row, i) =>
    row.map((value, j) => value - (means[i] ?? NaN) - (means[j] ?? NaN) + mean),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sign that makes the entry of largest size positive; of two as large, the earlier. */
function signOf(vector: readonly number[]): number {
  const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  return largest < 0 ? -1 : 1;
}

function assertFinite({ products }: TrajectoryGram): void {
  products.forEach((row, i) => {
    if (row.length !== products.length) {
      throw invalidArgument(`products[${i}].length`, `one a call (${products.length})`, row.length);
    }
    const odd = row.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw invalidArgument(`products[${i}][${odd}]`, 'a finite number', row[odd]);
  });
}
