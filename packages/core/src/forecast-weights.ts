import { assertCallPositions, type CallPosition } from './call-position.js';
import { ForecastError, invalidArgument } from './forecast-error.js';
import { newtonWeights } from './newton-weights.js';
import { officialWeights } from './official-weights.js';

/**
 * How positions become weights. `official` is the authors' recursion, in which every difference divides
 * by the last gap; `newton` is the polynomial through the stored features, exact for any spacing.
 */
export type ForecasterName = 'official' | 'newton';

/**
 * When the official ladder may grow. `official`: a difference is formed only at full calls whose index is
 * >= warmup - 1, as in the authors' code; `eager`: as soon as there are two features.
 */
export type GrowthRule = 'official' | 'eager';

/** Highest difference a forecast may use. Weights grow like 2^order at the end of an interval. */
export const MAX_ORDER = 8;

/** What to forecast from, and where. */
export interface ForecastOptions {
  readonly forecaster: ForecasterName;
  /** True features by call and position, oldest first. Entries older than the newest order + 1 change nothing. */
  readonly history: readonly CallPosition[];
  /** Position of the call to forecast. A position behind the newest is allowed: it interpolates. */
  readonly at: number;
  /** Highest difference to use, 0 .. MAX_ORDER; fewer when the history is shorter. */
  readonly order: number;
  /** Default `official`. The newton forecaster ignores it. */
  readonly growth?: GrowthRule;
  /** Leading full calls, the authors' `first_enhance`; >= 1, default 1. Only the official growth rule uses it. */
  readonly warmup?: number;
}

/** Numbers that turn stored features into a forecast: the sum of weights[j] * feature[j]. */
export interface ForecastWeights {
  /** Newest feature first; they sum to 1. */
  readonly weights: number[];
  /** Position of the feature that each weight belongs to, newest first. */
  readonly positions: number[];
  /** Highest difference that was used: weights.length - 1. */
  readonly order: number;
}

/**
 * The weights of a forecast, newest feature first. Paper: eq. (10), written as a weighted sum of features
 * instead of differences. They depend on positions only, so they are known before a run starts.
 */
export function forecastWeights(options: ForecastOptions): ForecastWeights {
  const { history, at, order } = options;
  assertForecastOptions(options);
  const newest = history.slice(-(order + 1));
  const weights = weightsFor(newest, options);
  if (!weights.every(Number.isFinite)) throw overflowError(newest, at);
  const used = newest.slice(-weights.length).reverse();
  return { weights, positions: used.map((entry) => entry.position), order: weights.length - 1 };
}

function weightsFor(entries: readonly CallPosition[], options: ForecastOptions): number[] {
  const { growth = 'official', warmup = 1, at } = options;
  switch (options.forecaster) {
    case 'official':
      return officialWeights(entries, at, growth === 'eager' ? 0 : warmup - 1);
    case 'newton':
      return newtonWeights(
        entries.map((entry) => entry.position),
        at,
      );
  }
}

function assertForecastOptions(options: ForecastOptions): void {
  const { forecaster, history, at, order, growth = 'official', warmup = 1 } = options;
  if (forecaster !== 'official' && forecaster !== 'newton') {
    throw invalidArgument('forecaster', '"official" or "newton"', forecaster);
  }
  if (growth !== 'official' && growth !== 'eager') {
    throw invalidArgument('growth', '"official" or "eager"', growth);
  }
  if (!Number.isInteger(order) || order < 0 || order > MAX_ORDER) {
    throw invalidArgument('order', `an integer between 0 and ${MAX_ORDER}`, order);
  }
  if (!Number.isInteger(warmup) || warmup < 1) {
    throw invalidArgument('warmup', 'an integer >= 1', warmup);
  }
  if (!Number.isFinite(at)) throw invalidArgument('at', 'a finite number', at);
  if (history.length === 0) throw new ForecastError('failed-precondition', 'no history');
  assertCallPositions(history);
}

function overflowError(entries: readonly CallPosition[], at: number): ForecastError {
  const positions = entries.map((entry) => entry.position).join(', ');
  return new ForecastError(
    'invalid-argument',
    `weights must be finite, but positions [${positions}] are too close together to forecast at ${at}`,
  );
}
