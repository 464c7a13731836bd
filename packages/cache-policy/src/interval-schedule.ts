import type { CachePolicy } from './cache-policy.js';
import { integerOption, type OptionTable } from './policy-options.js';
import { FULL } from './stateless-policy.js';
import { withEnds, type Ends } from './with-ends.js';
import { wrapPolicy } from './wrap-policy.js';

/** When TaylorSeer's calls are full; its followers share it. */
export interface IntervalSchedule extends Ends {
  /** N: a full call every N; >= 1. 1 is off. */
  readonly interval: number;
}

/** The options of the schedule. Policies differ in the defaults that their authors chose. */
export function intervalOptions(
  defaults: Pick<IntervalSchedule, 'interval' | 'warmup'>,
): OptionTable<IntervalSchedule> {
  return Object.freeze({
    interval: integerOption({
      minimum: 1,
      defaultValue: defaults.interval,
      aliases: ['cache_interval', 'fresh_threshold'],
      summary: 'N: a full call every N, counted from the last full call; 1 is off.',
    }),
    warmup: integerOption({
      minimum: 1,
      defaultValue: defaults.warmup,
      aliases: WARMUP_ALIASES,
      summary: 'Leading calls that are always full.',
    }),
    tail: integerOption({
      minimum: 0,
      defaultValue: 0,
      lookalikes: TAIL_LOOKALIKES,
      summary: 'Last calls that are always full.',
    }),
  });
}

/** What peers call `warmup`. */
export const WARMUP_ALIASES: readonly string[] = Object.freeze([
  'first_enhance',
  'disable_cache_before_step',
  'max_warmup_steps',
]);

/** What peers call almost `tail`. */
export const TAIL_LOOKALIKES: Readonly<Record<string, string>> = Object.freeze({
  last_enhance: 'it names the call from which on all are full; tail = calls - last_enhance',
  disable_cache_after_step:
    'it names the step from which on all are full; tail = steps - disable_cache_after_step',
});

/**
 * The policy, asked only between the full calls of TaylorSeer's schedule: a call is full when it is one of the
 * first `warmup` or of the last `tail`, or N after the last full one. Source: the authors' released `cal_type`.
 */
export function withIntervalSchedule(schedule: IntervalSchedule, policy: CachePolicy): CachePolicy {
  const { interval } = schedule;
  const between = wrapPolicy(policy, {
    decide: (context) => {
      const lastFull = context.fullCalls.at(-1) ?? -Infinity;
      return context.callIndex - lastFull >= interval ? FULL : policy.decide(context);
    },
    explainFull: (run) => (interval === 1 ? 'interval is 1' : policy.explainFull(run)),
  });
  return withEnds(schedule, between);
}
