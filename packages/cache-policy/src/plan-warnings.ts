import type { CachePolicy, RunDescription } from './cache-policy.js';
import { featuresUsed, isFullCall, type CallPlan } from './decide-call.js';

/** A compiled plan and where it came from. */
export interface PlannedRun {
  readonly policy: CachePolicy;
  readonly requested: RunDescription;
  readonly planned: RunDescription;
  readonly calls: readonly CallPlan[];
}

/** What a person should know before the run: that nothing is skipped and why, that a history stays short. */
export function planWarnings(plan: PlannedRun): readonly string[] {
  return [noSkipWarning(plan), historyWarning(plan)].filter((warning) => warning !== null);
}

function noSkipWarning({ policy, requested, planned, calls }: PlannedRun): string | null {
  const isSkipping = !calls.every(isFullCall);
  if (isSkipping || planned.calls < requested.calls) return null;
  const reason = policy.explainFull(requested) ?? `every one of the ${calls.length} calls is full`;
  return `nothing will be skipped: ${reason}`;
}

/** Compares the history the policy asks for with what the plan ever uses. */
function historyWarning({ policy, calls }: PlannedRun): string | null {
  const fullCount = calls.filter(isFullCall).length;
  const wanted = policy.historySize;
  const used = featuresUsed(calls);
  if (fullCount === calls.length || used >= wanted) return null;
  return `a history of ${wanted} features is never used: ${fullCount} full calls in ${calls.length} allow ${used} at most`;
}
