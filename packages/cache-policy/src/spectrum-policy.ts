import { invalidArgument, MAX_HISTORY } from '@forecache/core';
import type { CachePolicy, PositionName } from './cache-policy.js';
import { orderOption, POSITION_OPTION } from './forecaster-options.js';
import { createForecasterPolicy } from './forecaster-policy.js';
import { intervalOptions, type IntervalSchedule } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  compileOptions,
  integerOption,
  numberOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { anyGranularity } from './stateless-policy.js';

/** Options of `spectrum`. */
export interface SpectrumOptions extends Partial<IntervalSchedule> {
  /** Degree of the fit, 0 .. MAX_ORDER, default 4; lower while the history is shorter. */
  readonly order?: number;
  /** lambda: penalty on every coefficient; >= 0, default 0.1. */
  readonly ridge?: number;
  /** Newest features that are fitted; order + 1 .. MAX_HISTORY, default MAX_HISTORY. */
  readonly window?: number;
  /** Default `call`. */
  readonly position?: PositionName;
}

const NAME = 'spectrum';

const { interval, warmup, tail } = intervalOptions({ interval: 5, warmup: 5 });

const OPTIONS: OptionTable<Required<SpectrumOptions>> = Object.freeze({
  interval,
  order: orderOption(4, 'Degree of the Chebyshev fit.'),
  warmup,
  tail,
  ridge: numberOption({
    minimum: 0,
    defaultValue: 0.1,
    aliases: ['lam'],
    summary: 'Penalty on every coefficient; 0 is plain least squares.',
  }),
  window: integerOption({
    minimum: 1,
    maximum: MAX_HISTORY,
    defaultValue: MAX_HISTORY,
    lookalikes: { window_size: 'it is the first interval between full calls; interval' },
    summary: 'Newest features that are fitted; more than order.',
  }),
  position: POSITION_OPTION,
});

/**
 * Forecasts the last block's output by a ridge regression on Chebyshev polynomials over the run, on TaylorSeer's schedule.
 * Source: Spectrum, arXiv 2603.01623; site, degree, ridge and warm-up as released. Its own schedule lets the interval
 * grow along the run; 14 full calls of 50 are interval 5 here. It keeps the features of the whole run, this the newest
 * `window`. The authors' later advice, to mix in half of a straight line, is not offered.
 */
export function createSpectrumPolicy(options: SpectrumOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { order, ridge, window, position } = compiled;
  if (window <= order) throw invalidArgument('window', `more than order (${order})`, window);
  const shown = ['interval', 'order', 'warmup', 'ridge'] as const;
  return createForecasterPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    schedule: compiled,
    rule: { forecaster: 'chebyshev', order, ridge, window },
    position,
    granularities: anyGranularity('hidden'),
  });
}

export const SPECTRUM_DEFINITION: PolicyDefinition<Required<SpectrumOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts features by a smoothed Chebyshev fit between evenly spaced full calls.',
  table: OPTIONS,
  create: createSpectrumPolicy,
});
