import { featuresRead, type ForecastRule } from '@forecache/core';
import type { CachePolicy, Decision, PositionName } from './cache-policy.js';
import { withIntervalSchedule, type IntervalSchedule } from './interval-schedule.js';
import { createStatelessPolicy, REUSE } from './stateless-policy.js';

/** A way to turn positions into weights, between the full calls of TaylorSeer's schedule. */
export interface ForecasterPolicyParts {
  readonly name: string;
  /** What `toString` prints. */
  readonly label: string;
  readonly schedule: IntervalSchedule;
  readonly rule: ForecastRule;
  /** Default `call`. */
  readonly position?: PositionName;
}

/** Forecasts every call between full ones by one rule. A rule that reads one feature reuses it. */
export function createForecasterPolicy(parts: ForecasterPolicyParts): CachePolicy {
  const { name, label, schedule, rule } = parts;
  const historySize = featuresRead(rule);
  const decision = historySize === 1 ? REUSE : forecastBy(rule, parts.position);
  const forecaster = createStatelessPolicy({ name, label, historySize, decide: () => decision });
  return withIntervalSchedule(schedule, forecaster);
}

/** The decision to forecast by a rule. */
export function forecastBy(rule: ForecastRule, position: PositionName = 'call'): Decision {
  return Object.freeze({ kind: 'forecast', rule: Object.freeze(rule), position });
}
