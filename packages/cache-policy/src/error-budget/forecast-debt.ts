import { forecastWeights } from '@forecache/core';

/** A sum of features of full calls: coefficient by call. */
export type FeatureSum = ReadonlyMap<number, number>;

/** Forecasts from one full call to the next. */
export interface ForecastGap {
  /** Full calls before the gap whose features are stored, newest first. */
  readonly fullCalls: readonly number[];
  /** Weights of the calls after the newest full one, newest feature first, before anything is paid back. */
  readonly forecasts: readonly (readonly number[])[];
  /** Owed from before the gap, and paid back in it. */
  readonly debt: FeatureSum;
}

/** How far the sampler moves by the feature of a call, in any unit that is the same for all calls. */
export type StepOf = (call: number) => number;

/** Newest full calls that a skipped one is interpolated from. */
const NODES = 4;

/**
 * What the forecasts of a gap have pushed the sampler off by, Σ_s h_s (F̂_s - F_s) over the skipped calls s, seen from the full
 * call behind the gap. The true F_s is not known; the polynomial through the newest four features, that of this full call
 * among them, lies far nearer to it than the forecast, which did not know what came. All of it is a sum over stored features, so
 * no tensor is needed to write it down.
 *
 * fullCalls: newest first, the one behind the gap included. What the gap was to pay back of its own debt and did not, as a full
 * call came before its end, is still owed.
 */
export function debtAfter(
  { fullCalls: before, forecasts, debt }: ForecastGap,
  fullCalls: readonly number[],
  stepOf: StepOf,
): FeatureSum {
  const [behind = NaN] = fullCalls;
  const [last = NaN] = before;
  const planned = forecasts.map((weights, i) => ({ weights, call: last + i + 1 }));
  const made = planned.filter(({ call }) => call < behind);
  const owed = new Map<number, number>();
  const add = (calls: readonly number[], weights: readonly number[], factor: number) =>
    weights.forEach((weight, j) => {
      const call = calls[j] ?? NaN;
      owed.set(call, (owed.get(call) ?? 0) + factor * weight);
    });
  for (const { weights, call } of made) {
    add(before, weights, stepOf(call));
    add(fullCalls, interpolation(fullCalls, call), -stepOf(call));
  }
  const paid = planned.length === 0 ? 0 : lengthOf(made, stepOf) / lengthOf(planned, stepOf);
  for (const [call, coefficient] of debt) {
    if (paid < 1) add([call], [coefficient], 1 - paid);
  }
  return owed;
}

/**
 * The forecasts of the gap with its debt paid back: the same is taken from each of them, so that Σ_s h_s F̂_s is less by the debt. A debt
 * on a feature that is stored no longer is forgiven as a whole, as a part of it would be an error of its own.
 */
export function payBack(
  { fullCalls, forecasts, debt }: ForecastGap,
  stepOf: StepOf,
): readonly (readonly number[])[] {
  if (![...debt.keys()].every((call) => fullCalls.includes(call))) return forecasts;
  const [last = NaN] = fullCalls;
  const length = lengthOf(
    forecasts.map((_, i) => ({ call: last + i + 1 })),
    stepOf,
  );
  const reach = Math.max(0, ...[...debt.keys()].map((call) => fullCalls.indexOf(call) + 1));
  return forecasts.map((weights) =>
    Array.from({ length: Math.max(weights.length, reach) }, (_, j) => {
      const share = (debt.get(fullCalls[j] ?? NaN) ?? 0) / length;
      return (weights[j] ?? 0) - share;
    }),
  );
}

/** A gap in which nothing was forecast and nothing is owed. */
export const NO_GAP: ForecastGap = Object.freeze({ fullCalls: [], forecasts: [], debt: new Map() });

/**
 * The sampler's step at each call from the coordinates of its calls: the way from one to the next, and at the last call that before it.
 * Without coordinates all steps are the same.
 */
export function stepsBetween(coordinates: readonly number[] | undefined): StepOf {
  if (coordinates === undefined || coordinates.length < 2) return () => 1;
  const last = coordinates.length - 2;
  return (call) => {
    const i = Math.min(call, last);
    return Math.abs((coordinates[i + 1] ?? NaN) - (coordinates[i] ?? NaN));
  };
}

/** Newest first. */
function interpolation(fullCalls: readonly number[], at: number): readonly number[] {
  const nodes = fullCalls.slice(0, NODES).toReversed();
  const history = nodes.map((call) => ({ call, position: call }));
  return forecastWeights({ forecaster: 'newton', order: nodes.length - 1, history, at }).weights;
}

function lengthOf(calls: readonly { readonly call: number }[], stepOf: StepOf): number {
  return calls.reduce((sum, { call }) => sum + stepOf(call), 0);
}
