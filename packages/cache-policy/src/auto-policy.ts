import { forecastWeights, type ForecastRule } from '@forecache/core';
import type {
  CachePolicy,
  CallContext,
  CallResult,
  Decision,
  RunDescription,
} from './cache-policy.js';
import {
  errorRates,
  FEATURES_NEEDED,
  predictError,
  withTrend,
  type ErrorRates,
} from './error-budget/error-rates.js';
import {
  debtAfter,
  NO_GAP,
  payBack,
  stepsBetween,
  type ForecastGap,
} from './error-budget/forecast-debt.js';
import { percentOption } from './error-budget/percent-option.js';
import { reportedGram } from './reported-gram.js';
import { TAIL_LOOKALIKES, WARMUP_ALIASES } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  choiceOption,
  compileOptions,
  integerOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { probe } from './probe.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { FULL, measuringSetup } from './stateless-policy.js';
import { withEnds, type Ends } from './with-ends.js';

/** Options of `auto`. */
export interface AutoOptions extends Partial<Ends> {
  /** Most predicted error of one forecast, in per cent of the feature's norm; 0 .. 100, default 4. 0 is off. */
  readonly max_error?: number;
  /** Most calls from one full call to the next; >= 1, default 7. 1 is off. */
  readonly max_interval?: number;
  /** What forecasts within the budget: FoCa, or Newton's polynomial of the order with the least predicted error. */
  readonly forecaster?: 'foca' | 'newton';
  /** Whether forecasts make up for what those before them were off by; default `on`. */
  readonly payback?: 'on' | 'off';
}

/** What the newest full call with inner products told. */
interface LastFull {
  readonly callIndex: number;
  /** Of this call alone, without a trend. */
  readonly rates: ErrorRates;
  /** Forecasts of the calls after it, and what they pay back. */
  readonly gap: ForecastGap;
  /** Decisions of the calls after it; the one behind them is full. */
  readonly forecasts: readonly Decision[];
}

const NAME = 'auto';

/** Measured in docs/policies.md: a run that leaves a preset in the middle is worse than one that stays. */
const NO_PRESET =
  'weights of a preset make up for each other’s errors, so a run follows it to the end, as policy preset does';

const OPTIONS: OptionTable<Required<AutoOptions>> = Object.freeze({
  max_error: percentOption({
    defaultValue: 4,
    lookalikes: { preset: NO_PRESET, full_calls: NO_PRESET, target_psnr: NO_PRESET },
    summary:
      'Most predicted error of a forecast, relative to the feature; higher is faster, 0 is off.',
  }),
  warmup: integerOption({
    minimum: 1,
    defaultValue: 3,
    aliases: WARMUP_ALIASES,
    summary: 'Leading calls that are always full.',
  }),
  tail: integerOption({
    minimum: 0,
    defaultValue: 1,
    lookalikes: TAIL_LOOKALIKES,
    summary: 'Last calls that are always full.',
  }),
  max_interval: integerOption({
    minimum: 1,
    defaultValue: 7,
    summary: 'Most calls from one full call to the next; 1 is off.',
  }),
  forecaster: choiceOption<Required<AutoOptions>['forecaster']>({
    choices: ['foca', 'newton'],
    defaultValue: 'foca',
    summary: 'What forecasts: FoCa, or the polynomial of the order with the least predicted error.',
  }),
  payback: choiceOption<Required<AutoOptions>['payback']>({
    choices: ['on', 'off'],
    defaultValue: 'on',
    summary: 'Whether forecasts make up for what those of the gap before were off by.',
  }),
});

/**
 * Keeps an error budget. At every full call the inner products of the newest features say what forecasts of orders 1 and 2
 * would have been off by there; from that follows how their errors grow with the distance (`errorRates`), and the
 * next full call is the first for which the best order's predicted error ‖F̂ - F‖ / ‖F_0‖ is above `max_error` per cent,
 * F_0 the newest computed feature. The budget is for every single forecast of the kept feature; it does not bound the error of
 * the final sample, which errors of all calls add to. An interval is at most half as long again as the one before,
 * plus one call.
 *
 * A gap's forecasts are judged once the full call behind it is known, and what they were off by together is taken off the forecasts
 * of the next gap (`debtAfter`, `payBack`), as a corrector step would do without its call of the network. The budget is for forecasts
 * before that.
 *
 * The prediction is for Newton's polynomials. FoCa, the default, is the better forecaster on the embedded model with
 * the same intervals. A call whose inner products are missing is followed by a full one. One kept site only.
 */
export function createAutoPolicy(options: AutoOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const setup = measuringSetup(probe('feature-gram', { count: FEATURES_NEEDED }));
  const between = createStatefulPolicy<LastFull>({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['max_error', 'warmup', 'tail']),
    historySize: FEATURES_NEEDED,
    granularities: Object.freeze(['output', 'hidden', 'residual', 'change'] as const),
    setup: () => setup,
    explainFull: () => explainOff(compiled),
    initial: { callIndex: -1, rates: new Map(), gap: NO_GAP, forecasts: [] },
    decide: ({ callIndex, forecasts }, context) =>
      callIndex === context.fullCalls.at(-1)
        ? (forecasts[context.callIndex - callIndex - 1] ?? FULL)
        : FULL,
    advance: (last, context, result) =>
      result.kind === 'full' ? learnFrom(last, { context, result, options: compiled }) : last,
  });
  return withEnds(compiled, between);
}

export const AUTO_DEFINITION: PolicyDefinition<Required<AutoOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts as far as the predicted error stays within a budget in per cent.',
  table: OPTIONS,
  create: createAutoPolicy,
});

function explainOff({ max_error, max_interval }: Required<AutoOptions>): string | null {
  if (max_error === 0) return 'max_error is 0';
  return max_interval === 1 ? 'max_interval is 1' : null;
}

interface Told {
  readonly context: CallContext;
  readonly result: CallResult;
  readonly options: Required<AutoOptions>;
}

/** Plans the calls until the next full one. */
function learnFrom(before: LastFull, { context, result, options }: Told): LastFull {
  const { callIndex, fullCalls, run } = context;
  const calls = [callIndex, ...fullCalls.toReversed()].slice(0, FEATURES_NEEDED);
  const gram = reportedGram(result.scalars, calls.length);
  // Knowledge of an older full call decides nothing: computes.
  if (gram === null) return before;
  const rates = errorRates(calls, gram);
  const rules = rulesWithin(options, calls, withTrend(rates, before.rates));
  const stepOf = stepsOf(run);
  const isJudged = options.payback === 'on' && before.callIndex === calls[1];
  const debt = debtAfter(isJudged ? before.gap : NO_GAP, calls, stepOf);
  const gap = { fullCalls: calls, forecasts: weightsOf(rules, calls), debt };
  const paying = payBack(gap, stepOf);
  return { callIndex, rates, gap, forecasts: paying.map(byWeights) };
}

/** Noise levels are what Euler's steps are made of; timesteps are the next best, and in flow matching the same. */
function stepsOf({ sigmas, timesteps }: RunDescription) {
  return stepsBetween(sigmas ?? timesteps);
}

/** Rules for the calls after the newest of `calls`, until the first that would be above the budget. */
function rulesWithin(
  { max_error, max_interval, forecaster }: Required<AutoOptions>,
  calls: readonly number[],
  rates: ErrorRates,
): readonly ForecastRule[] {
  const [newest = NaN, earlier = NaN] = calls;
  const interval = Math.min(max_interval, longestAfter(newest - earlier));
  const rules: ForecastRule[] = [];
  while (max_error > 0 && rules.length < interval - 1) {
    const { order, error } = predictError(rates, calls, newest + rules.length + 1);
    if (error > max_error / 100) break;
    rules.push(forecaster === 'foca' ? FOCA : { forecaster, order });
  }
  return rules;
}

const FOCA: ForecastRule = Object.freeze({ forecaster: 'foca' });

/** Weights of the calls after the newest of `calls`, newest first. */
function weightsOf(
  rules: readonly ForecastRule[],
  calls: readonly number[],
): readonly (readonly number[])[] {
  const history = calls.toReversed().map((call) => ({ call, position: call }));
  const [newest = NaN] = calls;
  return rules.map((rule, i) => forecastWeights({ ...rule, history, at: newest + i + 1 }).weights);
}

function byWeights(weights: readonly number[]): Decision {
  return Object.freeze({ kind: 'weights', weights });
}

/** The longest interval that may follow another: error rates of one gap say little of what is far off. */
function longestAfter(interval: number): number {
  return Math.floor(1.5 * interval + 1);
}
