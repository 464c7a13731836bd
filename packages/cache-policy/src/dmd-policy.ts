import {
  dmdModes,
  dmdWeights,
  featuresRead,
  MAX_HISTORY,
  MIN_SNAPSHOTS,
  type DmdModes,
} from '@forecache/core';
import type { CachePolicy, CallContext, CallResult, Decision } from './cache-policy.js';
import { orderOption } from './forecaster-options.js';
import { forecastBy } from './forecaster-policy.js';
import {
  intervalOptions,
  withIntervalSchedule,
  type IntervalSchedule,
} from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  compileOptions,
  integerOption,
  numberOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { probe } from './probe.js';
import { reportedGram } from './reported-gram.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { FULL, measuringSetup } from './stateless-policy.js';

/** Options of `dmd`. */
export interface DmdOptions extends Partial<IntervalSchedule> {
  /** Newest features that are decomposed; MIN_SNAPSHOTS .. MAX_HISTORY, default 5. */
  readonly snapshots?: number;
  /** Order of the Taylor forecast where there is no decomposition, 0 .. MAX_ORDER, default 1. */
  readonly order?: number;
  /** Singular values at or below this part of the largest are dropped; 0 .. 1, default 1e-4. */
  readonly tolerance?: number;
  /** Damping of the inverse singular values, relative to the largest squared; >= 0, default 0. */
  readonly ridge?: number;
}

/** What the newest full call told. */
interface LastFull {
  readonly callIndex: number;
  /** Null: its inner products have not been told. */
  readonly found: EvenModes | typeof UNEVEN | null;
}

/** Modes of full calls with the same gap. */
interface EvenModes {
  readonly modes: DmdModes;
  /** Calls from one full call to the next. */
  readonly spacing: number;
}

/** Too few full calls are evenly spaced. */
const UNEVEN = 'uneven';

const NAME = 'dmd';

const { interval, warmup, tail } = intervalOptions({ interval: 5, warmup: 3 });

const OPTIONS: OptionTable<Required<DmdOptions>> = Object.freeze({
  interval,
  order: orderOption(1, 'Order of the Taylor forecast where there is no decomposition.'),
  warmup,
  tail,
  snapshots: integerOption({
    minimum: MIN_SNAPSHOTS,
    maximum: MAX_HISTORY,
    defaultValue: 5,
    aliases: ['dmd_history'],
    summary: 'Newest features that are decomposed, where full calls are evenly spaced.',
  }),
  tolerance: numberOption({
    minimum: 0,
    below: 1,
    defaultValue: 1e-4,
    aliases: ['dmd_svd_tol'],
    summary: 'Singular values at or below this part of the largest are dropped.',
  }),
  ridge: numberOption({
    minimum: 0,
    defaultValue: 0,
    summary: 'Damping of the inverse singular values, relative to the largest squared.',
  }),
});

/**
 * Forecasts a feature by its dynamic modes: sums of exponentials through the newest evenly spaced full calls, at least
 * MIN_SNAPSHOTS. The inner products that a host reports are enough, so the features stay where they are. The modes are
 * found when a full call is observed, so that a decision costs no eigenvalue problem. Source: hicache-pp, on
 * TaylorSeer's schedule. Where full calls are not evenly spaced, or the modes are of no use, it is TaylorSeer; where
 * the inner products are missing, it computes. One kept site only.
 */
export function createDmdPolicy(options: DmdOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { snapshots, order } = compiled;
  const shown = ['interval', 'order', 'warmup', 'snapshots'] as const;
  const rule = { forecaster: 'official', order, warmup: compiled.warmup } as const;
  const taylor = forecastBy(rule);
  const setup = measuringSetup(probe('feature-gram', { count: snapshots }));
  const between = createStatefulPolicy<LastFull>({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    historySize: Math.max(snapshots, featuresRead(rule)),
    granularities: Object.freeze(['output', 'hidden', 'residual', 'change'] as const),
    setup: () => setup,
    explainFull: () => null,
    initial: { callIndex: -1, found: null },
    decide: ({ callIndex, found }, context) => {
      if (found === null || callIndex !== context.fullCalls.at(-1)) return FULL;
      return found === UNEVEN ? taylor : decideByModes(found, context, taylor);
    },
    advance: (last, context, result) =>
      result.kind === 'full' ? learnFrom(context, result, compiled) : last,
  });
  return withIntervalSchedule(compiled, between);
}

export const DMD_DEFINITION: PolicyDefinition<Required<DmdOptions>> = Object.freeze({
  name: NAME,
  summary: 'Forecasts a feature by its dynamic modes between evenly spaced full calls.',
  table: OPTIONS,
  create: createDmdPolicy,
});

function decideByModes(
  { modes, spacing }: EvenModes,
  { fullCalls, callIndex }: CallContext,
  otherwise: Decision,
): Decision {
  const result = dmdWeights(modes, (callIndex - (fullCalls.at(-1) ?? NaN)) / spacing);
  return result.kind === 'weights' ? result : otherwise;
}

/** Finds the modes of the newest full calls, this one the newest of them. */
function learnFrom(
  { fullCalls, callIndex }: CallContext,
  { scalars }: CallResult,
  { snapshots, tolerance, ridge }: Required<DmdOptions>,
): LastFull {
  const calls = [...fullCalls, callIndex].slice(-snapshots);
  const gram = reportedGram(scalars, calls.length);
  if (gram === null) return { callIndex, found: null };
  const count = evenlySpaced(calls);
  if (count < MIN_SNAPSHOTS) return { callIndex, found: UNEVEN };
  const even = gram.products.slice(0, count).map((row) => row.slice(0, count));
  const modes = dmdModes({ gram: even, rankTolerance: tolerance, ridge });
  return { callIndex, found: { modes, spacing: callIndex - (fullCalls.at(-1) ?? NaN) } };
}

/** How many of the newest calls have the same gap. */
function evenlySpaced(calls: readonly number[]): number {
  const gap = (calls.at(-1) ?? NaN) - (calls.at(-2) ?? NaN);
  let count = Math.min(calls.length, 2);
  while (
    count < calls.length &&
    (calls.at(-count) ?? NaN) - (calls.at(-count - 1) ?? NaN) === gap
  ) {
    count++;
  }
  return count;
}
