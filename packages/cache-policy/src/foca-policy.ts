import type { CachePolicy } from './cache-policy.js';
import { orderOption } from './forecaster-options.js';
import { createForecasterPolicy } from './forecaster-policy.js';
import { intervalOptions, type IntervalSchedule } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import { choiceOption, compileOptions, printPolicy, type OptionTable } from './policy-options.js';

/** Options of `foca`. */
export interface FocaOptions extends Partial<IntervalSchedule> {
  /** Where the corrector starts: `literal` (default) at the call before, `anchored` at the newest full call. */
  readonly variant?: 'literal' | 'anchored';
  /** Full calls before the newest that the recursion remembers, 0 .. MAX_ORDER, default 2. 0 reuses, 1 is a line. */
  readonly order?: number;
}

const NAME = 'foca';

const { interval, warmup, tail } = intervalOptions({ interval: 5, warmup: 3 });

const OPTIONS: OptionTable<Required<FocaOptions>> = Object.freeze({
  interval,
  order: orderOption(2, 'Full calls before the newest that a forecast remembers; 0 reuses.'),
  warmup,
  tail,
  variant: choiceOption({
    choices: ['literal', 'anchored'],
    defaultValue: 'literal',
    summary:
      'Where the corrector starts: at the call before, or at the newest full call, which diverges from interval 6 on.',
  }),
});

/**
 * Forecasts features call by call with a BDF2 predictor and a Heun corrector, on TaylorSeer's schedule. Source: FoCa,
 * arXiv 2508.16211. The paper leaves the slope at the ends open: `variant` names its two readings.
 */
export function createFocaPolicy(options: FocaOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { order, variant } = compiled;
  const shown = ['interval', 'order', 'warmup', 'variant'] as const;
  return createForecasterPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    schedule: compiled,
    rule: { forecaster: 'foca', order, variant },
  });
}

export const FOCA_DEFINITION: PolicyDefinition<Required<FocaOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts features with a BDF2 predictor and a Heun corrector between full calls.',
  table: OPTIONS,
  create: createFocaPolicy,
});
