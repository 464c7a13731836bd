import { invalidArgument } from '@forecache/core';

/** How a measure is distributed over images. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation (divisor count - 1); 0 for one value or when all values are equal. */
  readonly deviation: number;
  readonly smallest: number;
  readonly largest: number;
  readonly count: number;
}

/** Mean and spread. Values that are all `Infinity` (PSNR of identical images) have mean `Infinity`, deviation 0. */
export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  if (count === 0) throw invalidArgument('values.length', '>= 1', 0);
  const smallest = values.reduce((least, value) => Math.min(least, value));
  const largest = values.reduce((most, value) => Math.max(most, value));
  if (smallest === largest) return { mean: smallest, deviation: 0, smallest, largest, count };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (count - 1)), smallest, largest, count };
}
