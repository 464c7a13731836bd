import type { CachePolicy, RunDescription } from './cache-policy.js';
import { featuresUsed, type CallPlan } from './decide-call.js';

/** A compiled plan and where it came from. */
export interface PlannedRun {
  readonly policy: CachePolicy;
  readonly requested: RunDescription;
  readonly planned: RunDescription;
  readonly calls: readonly CallPlan[];
}

/** What a person should know before the run: that nothing is skipped and why, that an order is out of reach. */
export function planWarnings(plan: PlannedRun): readonly string[] {
  return [noSkipWarning(plan), orderWarning(plan)].filter((warning) => warning !== null);
}

function noSkipWarning({ policy, requested, planned, calls }: PlannedRun): string | null {
  const isSkipping = calls.some((call) => call.action.kind !== 'full');
  if (isSkipping || planned.calls < requested.calls) return null;
  const reason = policy.explainFull(requested) ?? `every one of the ${calls.length} calls is full`;
  return `nothing will be skipped: ${reason}`;
}

/** Compares the history the policy asks for with what the plan ever uses. */
function orderWarning({ policy, calls }: PlannedRun): string | null {
  const fullCount = calls.filter((call) => call.action.kind === 'full').length;
  const wanted = policy.historySize - 1;
  const reached = featuresUsed(calls) - 1;
  if (fullCount === calls.length || reached >= wanted) return null;
  return `order ${wanted} is never reached: ${fullCount} full calls in ${calls.length} allow ${reached} at most`;
}
