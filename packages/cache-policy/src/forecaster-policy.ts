import { featuresRead, type ForecastRule } from '@forecache/core';
import type { CachePolicy, Decision, PositionName } from './cache-policy.js';
import { withIntervalSchedule, type IntervalSchedule } from './interval-schedule.js';
import type { Granularity } from './network-shape.js';
import { ANY_GRANULARITY, createStatelessPolicy, REUSE } from './stateless-policy.js';

/** A way to turn positions into weights, between the full calls of TaylorSeer's schedule. */
export interface ForecasterPolicyParts {
  readonly name: string;
  /** What `toString` prints. */
  readonly label: string;
  readonly schedule: IntervalSchedule;
  readonly rule: ForecastRule;
  /** Default `call`. */
  readonly position?: PositionName;
  /** Default: any, `module` by itself. */
  readonly granularities?: readonly Granularity[];
}

/** Forecasts every call between full ones by one rule. A rule that reads one feature reuses it. */
export function createForecasterPolicy(parts: ForecasterPolicyParts): CachePolicy {
  const { name, label, schedule, rule, granularities = ANY_GRANULARITY } = parts;
  const historySize = featuresRead(rule);
  const decision = historySize === 1 ? REUSE : forecastBy(rule, parts.position);
  const decide = () => decision;
  const forecaster = createStatelessPolicy({ name, label, historySize, granularities, decide });
  return withIntervalSchedule(schedule, forecaster);
}

/** The decision to forecast by a rule. */
export function forecastBy(rule: ForecastRule, position: PositionName = 'call'): Decision {
  return Object.freeze({ kind: 'forecast', rule: Object.freeze(rule), position });
}
