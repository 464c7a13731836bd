import {
  forecastWeights,
  type CallPosition,
  type ForecastRule,
  type GrowthRule,
} from '../src/index.js';

/** A schedule as the released codes run it, in steps that count up or down. */
export interface Schedule {
  readonly warmup: number;
  readonly interval: number;
  readonly order: number;
  /** Step of call 0 and the direction of steps: 0 and 1, or 49 and -1. */
  readonly firstStep: number;
  readonly direction: 1 | -1;
  readonly growth?: GrowthRule;
  /** Calls that are full; default: the first `warmup`, then one every `interval`. */
  readonly isFull?: (call: number) => boolean;
}

/**
 * Forecasts of a scalar feature at the wanted steps of a 50-call run, with the order used at each. The rule
 * is the schedule's own, official, unless another is given.
 */
export function predict(
  schedule: Schedule,
  feature: (step: number) => number,
  rule: ForecastRule = officialRule(schedule),
) {
  const stepOf = (call: number) => schedule.firstStep + schedule.direction * call;
  const predictions = new Map<number, { value: number; order: number; sum: number }>();
  const history: CallPosition[] = [];
  for (let call = 0; call < 50; call++) {
    if (isFullCall(schedule, call, history)) {
      history.push({ call, position: stepOf(call) });
      continue;
    }
    const { weights, positions, order } = forecastWeights({ ...rule, history, at: stepOf(call) });
    const value = weights.reduce((sum, w, j) => sum + w * feature(positions[j] ?? NaN), 0);
    predictions.set(stepOf(call), { value, order, sum: weights.reduce((a, b) => a + b, 0) });
  }
  return predictions;
}

function officialRule({ order, warmup, growth = 'official' }: Schedule): ForecastRule {
  return { forecaster: 'official', order, warmup, growth };
}

function isFullCall(schedule: Schedule, call: number, history: readonly CallPosition[]): boolean {
  if (schedule.isFull) return schedule.isFull(call);
  const last = history.at(-1)?.call ?? -Infinity;
  return call < schedule.warmup || call - last >= schedule.interval;
}
