import { invalidArgument, MAX_ORDER } from '@forecache/core';

/** Most stored features that a forecast reads. */
const MAX_WEIGHTS = MAX_ORDER + 1;

/** Which calls are full, and what stands in for the others. */
export interface ForecastSchedule {
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** Of every other call, in order: one weight a stored feature, newest first. */
  readonly weights: readonly (readonly number[])[];
}

/** Calls of a run that the schedule is for: each is full, or has weights. */
export function callsOfSchedule({ fullCalls, weights }: ForecastSchedule): number {
  return fullCalls.length + weights.length;
}

/**
 * Throws unless full calls rise from 0 and lie within the run, and every weight belongs to a feature that is stored by
 * then. `source` goes before names: `variants[2].`.
 */
export function assertForecastSchedule(schedule: ForecastSchedule, source = ''): void {
  assertFullCalls(`${source}fullCalls`, schedule.fullCalls);
  const calls = callsOfSchedule(schedule);
  const last = schedule.fullCalls.at(-1) ?? NaN;
  if (last >= calls) {
    const least = last + 1 - schedule.fullCalls.length;
    const rule = `at least ${least}, one for each skipped call before call ${last}`;
    throw invalidArgument(`count of ${source}weights`, rule, schedule.weights.length);
  }
  skippedCalls(schedule.fullCalls, calls).forEach(({ stored, call }, i) => {
    assertWeights(`${source}weights[${i}]`, schedule.weights[i] ?? [], { stored, call });
  });
}

/** Whether call indices rise from 0. */
export function isFullCallList(fullCalls: readonly number[]): boolean {
  return fullCalls.every(
    (call, i) =>
      Number.isSafeInteger(call) && (i === 0 ? call === 0 : call > (fullCalls[i - 1] ?? NaN)),
  );
}

/** Whether a list can be the weights of a forecast. */
export function isWeightList(weights: readonly number[]): boolean {
  return weights.length >= 1 && weights.length <= MAX_WEIGHTS && weights.every(Number.isFinite);
}

/** A call between full ones. */
export interface SkippedCall {
  readonly call: number;
  /** Full calls before it. */
  readonly stored: number;
}

/** The calls that are not full, in order. */
export function skippedCalls(fullCalls: readonly number[], calls: number): readonly SkippedCall[] {
  const skipped: SkippedCall[] = [];
  let stored = 0;
  for (let call = 0; call < calls; call++) {
    if (fullCalls[stored] === call) stored++;
    else skipped.push({ call, stored });
  }
  return skipped;
}

function assertFullCalls(name: string, fullCalls: readonly number[]): void {
  if (fullCalls.length >= 1 && isFullCallList(fullCalls)) return;
  throw invalidArgument(name, 'call indices that rise from 0', fullCalls);
}

function assertWeights(
  name: string,
  weights: readonly number[],
  { stored, call }: SkippedCall,
): void {
  if (!isWeightList(weights)) {
    throw invalidArgument(name, `1 to ${MAX_WEIGHTS} finite numbers`, weights);
  }
  if (weights.length <= stored) return;
  const rule = `at most ${stored} weights, one for each full call before call ${call}`;
  throw invalidArgument(name, rule, weights);
}
