import type { GrowthRule } from '@forecache/core';
import type { CachePolicy, PositionName } from './cache-policy.js';
import { orderOption, POSITION_OPTION } from './forecaster-options.js';
import { createForecasterPolicy } from './forecaster-policy.js';
import { intervalOptions } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import { choiceOption, compileOptions, printPolicy, type OptionTable } from './policy-options.js';

/** Options of `taylorseer`. */
export interface TaylorSeerOptions {
  /** N: a full call every N; >= 1, default 5. 1 is off. */
  readonly interval?: number;
  /** m: highest difference used, 0 .. MAX_ORDER, default 1. 0 reuses. */
  readonly order?: number;
  /** Leading calls that are always full, the authors' `first_enhance`; >= 1, default 3 as for FLUX. */
  readonly warmup?: number;
  /** Last calls that are always full; >= 0, default 0: the authors forecast the last calls. */
  readonly tail?: number;
  /** Default `official`: differences are formed from call warmup - 1 on. */
  readonly growth?: GrowthRule;
  /** Default `call`, the paper's. */
  readonly position?: PositionName;
  /** Default `official`, the authors' recursion. */
  readonly forecaster?: 'official' | 'newton';
}

const NAME = 'taylorseer';

const { interval, warmup, tail } = intervalOptions({ interval: 5, warmup: 3 });

const OPTIONS: OptionTable<Required<TaylorSeerOptions>> = Object.freeze({
  interval,
  order: orderOption(1, 'Highest difference used in a forecast; 0 reuses the newest feature.'),
  warmup,
  tail,
  growth: choiceOption({
    choices: ['official', 'eager'],
    defaultValue: 'official',
    summary:
      'When the order may grow: from call warmup - 1 on, or as soon as there are two features.',
  }),
  position: POSITION_OPTION,
  forecaster: choiceOption({
    choices: ['official', 'newton'],
    defaultValue: 'official',
    summary: 'The authors’ recursion, or the exact polynomial for any spacing.',
  }),
});

/**
 * Forecasts features by their Taylor polynomial between full calls. Paper: section 3.2, eq. (10); schedule and
 * growth as in the released code: a call is full when it is one of the first `warmup`, or N after the last full one.
 *
 * Peers' names are accepted where they mean the same. Their schedules can still differ: Diffusers makes its first
 * full call after `disable_cache_before_step` leading ones at that step + 1, not N after the last of them.
 */
export function createTaylorSeerPolicy(options: TaylorSeerOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { forecaster, order, growth, position } = compiled;
  const shown = ['interval', 'order', 'warmup'] as const;
  return createForecasterPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    schedule: compiled,
    rule:
      forecaster === 'newton'
        ? { forecaster, order }
        : { forecaster, order, growth, warmup: compiled.warmup },
    position,
  });
}

export const TAYLORSEER_DEFINITION: PolicyDefinition<Required<TaylorSeerOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts features by their Taylor polynomial between evenly spaced full calls.',
  table: OPTIONS,
  create: createTaylorSeerPolicy,
});
