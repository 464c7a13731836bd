import { ForecastError, invalidArgument } from '@forecache/core';
import type { CachePolicy, CallContext, Decision, RunDescription } from './cache-policy.js';
import {
  assertForecastSchedule,
  callsOfSchedule,
  skippedCalls,
} from './calibration/forecast-schedule.js';
import { isPresetName, PRESET_NAME_RULE } from './calibration/preset-name.js';
import { parseFullCalls, parseWeights } from './calibration/schedule-text.js';
import type { PolicyDefinition } from './policy-definition.js';
import { compileOptions, printPolicy, type OptionTable } from './policy-options.js';
import {
  anyGranularity,
  createStatelessPolicy,
  FULL,
  PLAIN_SETUP,
  REUSE,
} from './stateless-policy.js';
import { textOption } from './text-option.js';

/** Options of `scheduled`, as text: that is how a fitted schedule travels to whoever carries it out. */
export interface ScheduledOptions {
  /** `0,1,4,7`: call indices of the full calls, rising from 0. */
  readonly schedule: string;
  /**
   * `none;1.5,-0.5`: of every skipped call, in order, one weight a stored feature, newest first; `none` reuses the newest.
   * Default `reuse`: none for all, in a run of any length.
   */
  readonly weights?: string;
  /** Name of the preset that both come from, printed instead of them; default `none`. */
  readonly preset?: string;
}

const NAME = 'scheduled';

/** Every skipped call takes the newest feature. */
const ALL_REUSE = 'reuse';

/** No preset. */
const NONE = 'none';

const NO_MORE_FULL_CALLS =
  'weights belong to the full calls of its schedule, so there can be no others';

/** The names of wrappers that make more calls full are taken, so that nobody can ask for them. */
const OPTIONS: OptionTable<Required<ScheduledOptions>> = Object.freeze({
  schedule: textOption({
    rule: 'call indices that rise from 0, separated by commas',
    matches: (text) => parseFullCalls(text) !== undefined,
    lookalikes: {
      warmup: NO_MORE_FULL_CALLS,
      tail: NO_MORE_FULL_CALLS,
      max_consecutive_forecasts: NO_MORE_FULL_CALLS,
      step_mask: NO_MORE_FULL_CALLS,
    },
    summary: 'The calls that are full.',
  }),
  weights: textOption({
    rule: '1 to 9 finite weights or none for each skipped call, calls separated by semicolons; or reuse',
    matches: (text) => parseWeights(text) !== undefined,
    defaultValue: ALL_REUSE,
    summary:
      'Weights of each skipped call’s forecast, newest feature first; none takes the newest feature, reuse does so in every call.',
  }),
  preset: textOption({
    rule: `${PRESET_NAME_RULE}, or none`,
    matches: isPresetName,
    defaultValue: NONE,
    summary: 'Name of the preset that schedule and weights come from, shown instead of them.',
  }),
});

/** Computes given calls and forecasts the others with given weights: what calibration finds, without where it came from. */
export function createScheduledPolicy(options: ScheduledOptions): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const plan = compileSchedule(compiled);
  const { preset } = compiled;
  const label = `preset(${preset}, full_calls=${plan.fullCalls.size})`;
  return createStatelessPolicy({
    name: preset === NONE ? NAME : 'preset',
    label:
      preset === NONE ? printPolicy({ name: NAME, table: OPTIONS }, compiled, ['schedule']) : label,
    historySize: plan.historySize,
    granularities: anyGranularity('output'),
    setup: (run) => {
      assertRunFits(plan, run);
      return PLAIN_SETUP;
    },
    planRun: (run) => {
      assertRunFits(plan, run);
      return run;
    },
    decide: (context) => decideBy(plan, context),
    explainFull: ({ calls }) =>
      plan.fullCalls.size === calls ? `all ${calls} calls are in the schedule` : null,
  });
}

export const SCHEDULED_DEFINITION: PolicyDefinition<Required<ScheduledOptions>> = Object.freeze({
  name: NAME,
  summary: 'Computes given calls and forecasts the others with given weights.',
  table: OPTIONS,
  create: createScheduledPolicy,
});

/** A schedule that can be looked up by call. */
interface CompiledSchedule {
  readonly fullCalls: ReadonlySet<number>;
  readonly lastFull: number;
  /** By skipped call; null where every one reuses. */
  readonly forecasts: ReadonlyMap<number, FittedForecast> | null;
  readonly historySize: number;
}

/** Weights, and the full calls whose features they belong to, newest first. */
interface FittedForecast {
  readonly decision: Decision;
  readonly sources: readonly number[];
}

function compileSchedule(options: Required<ScheduledOptions>): CompiledSchedule {
  const fullCalls = parseFullCalls(options.schedule) ?? [];
  const compiled = { fullCalls: new Set(fullCalls), lastFull: fullCalls.at(-1) ?? NaN };
  if (options.weights === ALL_REUSE) return { ...compiled, forecasts: null, historySize: 1 };
  const weights = parseWeights(options.weights) ?? [];
  const schedule = { fullCalls, weights };
  assertForecastSchedule(schedule);
  const forecasts = skippedCalls(fullCalls, callsOfSchedule(schedule)).map(
    ({ call, stored }, i): [number, FittedForecast] => {
      const own = weights[i] ?? [];
      const sources = fullCalls.slice(stored - own.length, stored).reverse();
      return [call, { decision: weighted(own), sources }];
    },
  );
  const historySize = weights.reduce((most, { length }) => Math.max(most, length), 0);
  return { ...compiled, forecasts: new Map(forecasts), historySize };
}

function weighted(weights: readonly number[]): Decision {
  const isReuse = weights.length === 1 && weights[0] === 1;
  return isReuse ? REUSE : Object.freeze({ kind: 'weights', weights });
}

/** Weights are known for the calls of one run length only. */
function assertRunFits(plan: CompiledSchedule, { calls }: RunDescription): void {
  const { fullCalls, lastFull, forecasts } = plan;
  if (lastFull >= calls) {
    const rule = `full calls of a run of ${calls} calls, 0 to ${calls - 1}`;
    throw invalidArgument('schedule', rule, lastFull);
  }
  const skipped = calls - fullCalls.size;
  if (forecasts === null || forecasts.size === skipped) return;
  const rule = `${skipped}, one for each skipped call (${calls} calls, ${fullCalls.size} of them full)`;
  throw invalidArgument('count of weights', rule, forecasts.size);
}

function decideBy(plan: CompiledSchedule, context: CallContext): Decision {
  assertRunFits(plan, context.run);
  const { callIndex, fullCalls } = context;
  if (plan.fullCalls.has(callIndex)) return FULL;
  const forecast = plan.forecasts?.get(callIndex);
  if (forecast === undefined) return REUSE;
  assertSources(forecast, fullCalls, callIndex);
  return forecast.decision;
}

/** A weight is right for the feature it was fitted to. A wrapper that computes more moves features to other places. */
function assertSources(
  { sources }: FittedForecast,
  fullCalls: readonly number[],
  callIndex: number,
): void {
  const newest = fullCalls.slice(-sources.length).reverse();
  if (newest.join() === sources.join()) return;
  throw new ForecastError(
    'failed-precondition',
    `weights of call ${callIndex} belong to full calls [${sources.join(', ')}], ` +
      `the newest of this run are [${newest.join(', ')}]`,
  );
}
