import type { FeatureDtype } from './dtype.js';

/** Largest number of stored features in one sum: MAX_ORDER + 1. */
export const MAX_SOURCES = 9;

/** A weighted sum over raw memory. Offsets are in bytes from the start of the buffer. */
export interface SumOverMemory {
  readonly dtype: FeatureDtype;
  /** First element of each source, newest first; 1 .. MAX_SOURCES. */
  readonly sourceOffsets: readonly number[];
  /** One per source, finite in float32. */
  readonly weights: readonly number[];
  readonly targetOffset: number;
  readonly elementCount: number;
}

/**
 * target[i] = the sum of weights[j] * source_j[i], added newest first in float32 and rounded once to the
 * dtype, to nearest, ties to even. All implementations agree bit for bit, save for the payload of a NaN.
 */
export type WeightedSum = (buffer: ArrayBuffer, sum: SumOverMemory) => void;
