import { dmdWeights, featuresRead, MAX_HISTORY, MIN_SNAPSHOTS } from '@forecache/core';
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

/** Inner products of the newest features at a full call, newest first. Null: it has not been told. */
interface Snapshots {
  readonly callIndex: number;
  readonly gram: readonly (readonly number[])[] | null;
}

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
 * MIN_SNAPSHOTS. The inner products that a host reports are enough, so the features stay where they are. Source:
 * hicache-pp, on TaylorSeer's schedule. Where full calls are not evenly spaced, or the modes are of no use, it is
 * TaylorSeer; where the inner products are missing, it computes. One kept site only.
 */
export function createDmdPolicy(options: DmdOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { snapshots, order } = compiled;
  const shown = ['interval', 'order', 'warmup', 'snapshots'] as const;
  const rule = { forecaster: 'official', order, warmup: compiled.warmup } as const;
  const taylor = forecastBy(rule);
  const setup = measuringSetup(probe('feature-gram', { count: snapshots }));
  const between = createStatefulPolicy<Snapshots>({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, shown),
    historySize: Math.max(snapshots, featuresRead(rule)),
    granularities: Object.freeze(['output', 'hidden', 'residual', 'change'] as const),
    setup: () => setup,
    explainFull: () => null,
    initial: { callIndex: -1, gram: null },
    decide: (newest, context) => {
      const lastFull = context.fullCalls.at(-1);
      if (newest.gram === null || newest.callIndex !== lastFull) return FULL;
      return decideByModes(newest.gram, context, compiled) ?? taylor;
    },
    advance: (state, context, result) =>
      result.kind === 'full' ? takeSnapshots(context, result, snapshots) : state,
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
  gram: readonly (readonly number[])[],
  { fullCalls, callIndex }: CallContext,
  { tolerance, ridge }: Required<DmdOptions>,
): Decision | null {
  const count = evenlySpaced(fullCalls.slice(-gram.length));
  if (count < MIN_SNAPSHOTS) return null;
  const newest = fullCalls.at(-1) ?? NaN;
  const spacing = newest - (fullCalls.at(-2) ?? NaN);
  const result = dmdWeights({
    gram: gram.slice(0, count).map((row) => row.slice(0, count)),
    steps: (callIndex - newest) / spacing,
    rankTolerance: tolerance,
    ridge,
  });
  return result.kind === 'weights' ? result : null;
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

/** The reported inner products of the newest features, as many as there are. */
function takeSnapshots(
  { fullCalls, callIndex }: CallContext,
  { scalars }: CallResult,
  snapshots: number,
): Snapshots {
  const count = Math.min(snapshots, fullCalls.length + 1);
  const product = (i: number, j: number) =>
    scalars[`gram.${Math.min(i, j)}.${Math.max(i, j)}`] ?? NaN;
  const gram = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (__, j) => product(i, j)),
  );
  const isComplete = gram.every((row) => row.every(Number.isFinite));
  return { callIndex, gram: isComplete ? gram : null };
}
