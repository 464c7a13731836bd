import { ForecastError, invalidArgument } from './forecast-error.js';

/**
 * How far `a` is from `b`: mean |a - b| / mean |b|, TeaCache's delta. Sums are kept in float64.
 * NaN when an element is NaN. Throws `failed-precondition` when `b` is all zeros, for then no ratio exists.
 */
export function relativeL1(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw invalidArgument('a', `as long as b (${b.length} elements)`, a.length);
  }
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < a.length; i++) {
    difference += Math.abs((a[i] as number) - (b[i] as number));
    magnitude += Math.abs(b[i] as number);
  }
  if (magnitude === 0) {
    throw new ForecastError(
      'failed-precondition',
      'relativeL1 is undefined: every element of b is 0',
    );
  }
  return difference / magnitude;
}
