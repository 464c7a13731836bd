import { differenceGram, principalComponents, type TrajectoryGram } from '@forecache/core';
import { median } from './median.js';
import { squareOf } from './open-loop-error.js';

/** What one order's trajectory looks like. */
export interface DerivativeFacts {
  /** k: backward differences over one call, k times. */
  readonly order: number;
  /** Parts of the variance along the first two components. */
  readonly shares: readonly [number, number];
  /** Components that hold 95 % of the variance. */
  readonly components: number;
  /** Root mean square of the differences, divided by that of the features. */
  readonly size: number;
  /** Median cosine between the differences of neighbouring calls: 1 is a straight line, -k / (k + 1) is what noise has. */
  readonly cosine: number;
  /** The same over the calls' first and last fifth. */
  readonly cosineFirst: number;
  readonly cosineLast: number;
}

const SHARE = 0.95;

/** Facts of one order of differences. */
export function derivativeFacts(gram: TrajectoryGram, order: number): DerivativeFacts {
  const differences = differenceGram(gram, order);
  const calls = differences.products.length;
  const { shares } = principalComponents(differences, calls);
  const [first = 0, second = 0] = shares;
  const cosines = neighbourCosines(differences);
  const fifth = Math.max(1, Math.round(cosines.length / 5));
  return {
    order,
    shares: [first, second],
    components: componentsFor(shares, SHARE),
    size: Math.sqrt(meanSquare(differences) / meanSquare(gram)),
    cosine: median(cosines),
    cosineFirst: median(cosines.slice(0, fifth)),
    cosineLast: median(cosines.slice(-fifth)),
  };
}

/** Cosine that neighbouring k-th differences of independent noise have. */
export function noiseCosine(order: number): number {
  return order === 0 ? 0 : -order / (order + 1);
}

function neighbourCosines(gram: TrajectoryGram): readonly number[] {
  return gram.products.slice(1).map((row, i) => {
    return (row[i] ?? NaN) / Math.sqrt(squareOf(gram, i) * squareOf(gram, i + 1));
  });
}

function meanSquare(gram: TrajectoryGram): number {
  const squares = gram.products.map((_, call) => squareOf(gram, call));
  return squares.reduce((sum, value) => sum + value, 0) / squares.length;
}

function componentsFor(shares: readonly number[], wanted: number): number {
  let sum = 0;
  const index = shares.findIndex((share) => (sum += share) >= wanted);
  return index + 1;
}
