import { MAX_ORDER, type ForecasterName, type GrowthRule } from '@forecache/core';
import type {
  CachePolicy,
  CallContext,
  Decision,
  PositionName,
  RunDescription,
} from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  choiceOption,
  compileOptions,
  integerOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { createStatelessPolicy, FULL, REUSE } from './stateless-policy.js';
import { withTail } from './with-tail.js';
import { withWarmup } from './with-warmup.js';
import { wrapPolicy } from './wrap-policy.js';

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
  readonly forecaster?: ForecasterName;
}

const NAME = 'taylorseer';

const OPTIONS: OptionTable<Required<TaylorSeerOptions>> = Object.freeze({
  interval: integerOption({
    minimum: 1,
    defaultValue: 5,
    aliases: ['cache_interval', 'fresh_threshold'],
    summary: 'N: a full call every N, counted from the last full call; 1 is off.',
  }),
  order: integerOption({
    minimum: 0,
    maximum: MAX_ORDER,
    defaultValue: 1,
    aliases: ['max_order', 'taylorseer_order', 'n_derivatives'],
    summary: 'Highest difference used in a forecast; 0 reuses the newest feature.',
  }),
  warmup: integerOption({
    minimum: 1,
    defaultValue: 3,
    aliases: ['first_enhance', 'disable_cache_before_step', 'max_warmup_steps'],
    summary: 'Leading calls that are always full.',
  }),
  tail: integerOption({
    minimum: 0,
    defaultValue: 0,
    lookalikes: {
      last_enhance: 'it names the call from which on all are full; tail = calls - last_enhance',
      disable_cache_after_step:
        'it names the step from which on all are full; tail = steps - disable_cache_after_step',
    },
    summary: 'Last calls that are always full.',
  }),
  growth: choiceOption({
    choices: ['official', 'eager'],
    defaultValue: 'official',
    summary:
      'When the order may grow: from call warmup - 1 on, or as soon as there are two features.',
  }),
  position: choiceOption({
    choices: ['call', 'timestep', 'sigma'],
    defaultValue: 'call',
    summary: 'The coordinate of a call that forecasts are made in.',
  }),
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
  const label = printPolicy({ name: NAME, table: OPTIONS }, compiled, [
    'interval',
    'order',
    'warmup',
  ]);
  const between = createStatelessPolicy({
    name: NAME,
    label,
    historySize: compiled.order + 1,
    decide: (context) => decideBetween(context, compiled),
  });
  const schedule = withTail(compiled.tail, withWarmup(compiled.warmup, between));
  return wrapPolicy(schedule, {
    decide: schedule.decide,
    explainFull: (run) => explainFull(run, compiled),
    toString: () => label,
  });
}

export const TAYLORSEER_DEFINITION: PolicyDefinition<Required<TaylorSeerOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts features by their Taylor polynomial between evenly spaced full calls.',
  table: OPTIONS,
  create: createTaylorSeerPolicy,
});

type Compiled = Required<TaylorSeerOptions>;

function decideBetween({ callIndex, fullCalls }: CallContext, options: Compiled): Decision {
  const lastFull = fullCalls.at(-1);
  if (lastFull === undefined || callIndex - lastFull >= options.interval) return FULL;
  if (options.order === 0) return REUSE;
  const { forecaster, order, growth, warmup, position } = options;
  return { kind: 'forecast', forecaster, order, growth, warmup, position };
}

function explainFull({ calls }: RunDescription, options: Compiled): string | null {
  const { interval, warmup, tail } = options;
  if (interval === 1) return 'interval is 1';
  if (warmup >= calls) return `warmup ${warmup} covers the whole run (calls: ${calls})`;
  if (warmup + tail >= calls)
    return `warmup ${warmup} and tail ${tail} cover the whole run (calls: ${calls})`;
  return null;
}
