import { forecastErrorSquared, forecastWeights, type TrajectoryGram } from '@forecache/core';

/** The two readings of TaylorSeer: the authors' Taylor polynomial of differences, and the interpolating polynomial. */
export type TaylorForecaster = 'official' | 'newton';

/** One forecast from true features of calls N apart. */
export interface OpenLoopForecast {
  readonly forecaster: TaylorForecaster;
  /** Call of the newest full one. */
  readonly newest: number;
  /** N. */
  readonly interval: number;
  /** m: reads m + 1 full calls. */
  readonly order: number;
  /** k: for call newest + k. */
  readonly offset: number;
}

/** Weights of a forecast, newest first, and the calls that they belong to. */
export function openLoopWeights({
  forecaster,
  newest,
  interval,
  order,
  offset,
}: OpenLoopForecast): { readonly sources: readonly number[]; readonly weights: readonly number[] } {
  const history = Array.from({ length: order + 1 }, (_, j) => newest - (order - j) * interval);
  const { weights, positions } = forecastWeights({
    forecaster,
    growth: 'eager',
    history: history.map((call) => ({ call, position: call })),
    at: newest + offset,
    order,
  });
  return { sources: positions, weights };
}

/** ‖forecast - truth‖ / ‖truth‖, over all images together. */
export function openLoopError(gram: TrajectoryGram, forecast: OpenLoopForecast): number {
  const target = forecast.newest + forecast.offset;
  const squared = forecastErrorSquared(gram, { target, ...openLoopWeights(forecast) });
  return Math.sqrt(squared / squareOf(gram, target));
}

/** ‖F_s‖². */
export function squareOf({ products }: TrajectoryGram, call: number): number {
  return products[call]?.[call] ?? NaN;
}

/** The root of the mean square. */
export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}
