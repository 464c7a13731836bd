import { invalidArgument } from '@forecache/core';

/** Options of `psnr`. */
export interface PsnrOptions {
  /** Largest minus smallest value a pixel can take: 1 for [0, 1], 2 for [-1, 1], 255 for bytes. */
  readonly peak: number;
}

/**
 * Peak signal-to-noise ratio in decibels: 10 · log10(peak² / mean squared error). Identical inputs give
 * `Infinity`. A value that is not finite gives NaN, so that a broken image never looks like a good one.
 */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>, { peak }: PsnrOptions): number {
  if (!Number.isFinite(peak) || peak <= 0) throw invalidArgument('peak', 'a number > 0', peak);
  const mse = meanSquaredError(a, b);
  return 10 * Math.log10((peak * peak) / mse);
}

/** Mean of (a - b)², accumulated in double precision; NaN where a value is not finite. */
export function meanSquaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length === 0) throw invalidArgument('a.length', '>= 1', 0);
  if (a.length !== b.length) throw invalidArgument('b.length', `a.length = ${a.length}`, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? NaN) - (b[i] ?? NaN);
    sum += difference * difference;
  }
  return Number.isFinite(sum) ? sum / a.length : NaN;
}
