import type { CachePolicy } from './cache-policy.js';
import { orderOption } from './forecaster-options.js';
import { createForecasterPolicy } from './forecaster-policy.js';
import { intervalOptions, type IntervalSchedule } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import { compileOptions, numberOption, printPolicy, type OptionTable } from './policy-options.js';

/** Options of `hicache`. */
export interface HiCacheOptions extends Partial<IntervalSchedule> {
  /** m: highest difference used, 0 .. MAX_ORDER, default 1. 0 reuses. */
  readonly order?: number;
  /** sigma, > 0, default 0.5: the slope is multiplied by 2 sigma^2, so sqrt(1/2) is TaylorSeer at order 1. */
  readonly scale?: number;
}

const NAME = 'hicache';

const { interval, warmup, tail } = intervalOptions({ interval: 6, warmup: 3 });

const OPTIONS: OptionTable<Required<HiCacheOptions>> = Object.freeze({
  interval,
  order: orderOption(1, 'Highest difference used in a forecast; 0 reuses the newest feature.'),
  warmup,
  tail,
  scale: numberOption({
    above: 0,
    defaultValue: 0.5,
    aliases: ['hicache_scale', 'hicache_scale_factor', 'sigma'],
    summary: 'sigma: damps the forecast; the slope is multiplied by 2 sigma squared.',
  }),
});

/**
 * Forecasts features by scaled Hermite polynomials on TaylorSeer's schedule and ladder of differences.
 * Source: HiCache, arXiv 2508.16984; its defaults. At the default scale a forecast goes half as far as TaylorSeer's.
 */
export function createHiCachePolicy(options: HiCacheOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { order, scale } = compiled;
  const shown = ['interval', 'order', 'warmup', 'scale'] as const;
  return createForecasterPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    schedule: compiled,
    rule: { forecaster: 'hermite', order, scale, warmup: compiled.warmup },
  });
}

export const HICACHE_DEFINITION: PolicyDefinition<Required<HiCacheOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts features by damped Hermite polynomials between evenly spaced full calls.',
  table: OPTIONS,
  create: createHiCachePolicy,
});
