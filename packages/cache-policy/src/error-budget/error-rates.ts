import { forecastErrorSquared, forecastWeights, type TrajectoryGram } from '@forecache/core';

/** Order o needs o + 2 features. Order 0 is left out: reuse lags behind all through a gap, which no single error shows. */
const ORDERS: readonly number[] = Object.freeze([1, 2]);

/** Newest features that error rates are made of. */
export const FEATURES_NEEDED = Math.max(...ORDERS) + 2;

/** Most by which errors are taken to have grown from one full call to the next. */
const STEEPEST_TREND = 3;

/**
 * How fast the error of a forecast grows, for orders 1 and 2 as far as the features reach. The forecast of order o from the
 * calls p_0 .. p_o, newest first, is off by rate |s - p_0| … |s - p_o| at call s, relative to the newest feature's norm.
 */
export type ErrorRates = ReadonlyMap<number, number>;

/**
 * The rates at a full call, from its shadow errors: what the forecast of every order from the calls before it would have
 * been off by there. They cost no network call, only the inner products of the newest features.
 *
 * calls: of the features, newest first. A feature of zeros has no relative error: the rates are NaN.
 */
export function errorRates(calls: readonly number[], gram: TrajectoryGram): ErrorRates {
  const size = Math.sqrt(gram.products[0]?.[0] ?? NaN);
  const known = ORDERS.filter((order) => order + 2 <= calls.length);
  return new Map(
    known.map((order) => {
      const shadow = shadowError(calls, gram, order);
      const earlier = distances(calls.slice(1), { order, at: calls[0] ?? NaN });
      return [order, shadow / size / earlier];
    }),
  );
}

/**
 * The rates with their trend: those that grew since the full call before are taken to grow on by as much, by
 * STEEPEST_TREND at most. Those that fell stay as they are, so the end of a run does not come as a surprise.
 */
export function withTrend(rates: ErrorRates, before: ErrorRates): ErrorRates {
  return new Map(
    [...rates].map(([order, rate]) => {
      const growth = rate / (before.get(order) ?? NaN);
      return [order, growth > 1 ? rate * Math.min(growth, STEEPEST_TREND) : rate];
    }),
  );
}

/** What the best order is off by at call `at`, forecast from `calls`, newest first; Infinity where nothing is known. */
export function predictError(
  rates: ErrorRates,
  calls: readonly number[],
  at: number,
): PredictedError {
  let best: PredictedError = { order: 0, error: Infinity };
  for (const [order, rate] of rates) {
    const error = rate * distances(calls, { order, at });
    if (error < best.error) best = { order, error };
  }
  return best;
}

/** The order with the least error at a call; order 0 where nothing is known. */
export interface PredictedError {
  readonly order: number;
  /** Relative to the newest feature's norm. */
  readonly error: number;
}

/** ‖Σ_j w_j F_j - F_0‖, w the weights of this order from the features before the newest. */
function shadowError(calls: readonly number[], gram: TrajectoryGram, order: number): number {
  const sources = Array.from({ length: order + 1 }, (_, j) => j + 1);
  const positions = sources.map((source) => calls[source] ?? NaN);
  const history = positions.map((call) => ({ call, position: call })).reverse();
  const { weights } = forecastWeights({
    forecaster: 'newton',
    order,
    history,
    at: calls[0] ?? NaN,
  });
  return Math.sqrt(forecastErrorSquared(gram, { target: 0, sources, weights }));
}

/** |at - p_0| … |at - p_order|. */
function distances(
  calls: readonly number[],
  { order, at }: { readonly order: number; readonly at: number },
): number {
  return calls.slice(0, order + 1).reduce((product, call) => product * Math.abs(at - call), 1);
}
