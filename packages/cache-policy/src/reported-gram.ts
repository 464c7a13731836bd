import type { TrajectoryGram } from '@forecache/core';
import type { CallResult } from './cache-policy.js';

/** The inner products of the newest features that `feature-gram` told, newest first; null when one of them is missing. */
export function reportedGram(scalars: CallResult['scalars'], count: number): TrajectoryGram | null {
  const product = (i: number, j: number) =>
    scalars[`gram.${Math.min(i, j)}.${Math.max(i, j)}`] ?? NaN;
  const products = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (__, j) => product(i, j)),
  );
  return products.every((row) => row.every(Number.isFinite)) ? { products } : null;
}
