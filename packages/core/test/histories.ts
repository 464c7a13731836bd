import fc from 'fast-check';
import { forecastWeights, type CallPosition, type ForecastOptions } from '../src/index.js';

/** A history of full calls whose positions are their call indices. */
export function historyAt(...calls: readonly number[]): CallPosition[] {
  return calls.map((call) => ({ call, position: call }));
}

/** 1 to 9 features, gaps 1 to 9, rising or falling by one per call. */
export function histories(): fc.Arbitrary<CallPosition[]> {
  const gaps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  return fc.tuple(gaps, fc.constantFrom(1, -1)).map(([steps, direction]) => {
    let call = 0;
    return steps.map((gap) => {
      call += gap;
      return { call, position: direction * call };
    });
  });
}

/** What the weights make of a scalar feature. */
export function forecastOf(
  options: ForecastOptions,
  feature: (position: number) => number,
): number {
  const { weights, positions } = forecastWeights(options);
  return weights.reduce((sum, weight, j) => sum + weight * feature(positions[j] ?? NaN), 0);
}

/** Sum of |w|: how much errors of the features can grow. */
export function gainOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
}
