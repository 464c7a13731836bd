import type { Granularity, RunPlan } from '@forecache/adapters';
import {
  compileRunPlan,
  decideCall,
  type CachePolicy,
  type RunDescription,
} from '@forecache/cache-policy';
import { createRunDecisions, type RunDecisions } from './run-decisions.js';

/** What a policy makes of a run. */
export interface PlannedRun {
  /** Null when the policy decides call by call. */
  readonly plan: RunPlan | null;
  /** Calls per branch. */
  readonly callCount: number;
  /** Stored features a site needs at most. */
  readonly historySize: number;
  readonly decisions: RunDecisions;
  readonly warnings: readonly string[];
}

/** A run before its policy has seen it. */
export interface UnplannedRun {
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  readonly granularity: Granularity;
}

/** Compiles the whole plan of a static policy; wraps any other so that each call is decided once. */
export function planRun({ policy, run, granularity }: UnplannedRun): PlannedRun {
  if (policy.asksAt !== 'run-start') return planCallByCall(policy, run);
  const { warnings, ...plan } = compileRunPlan({ policy, run, granularity });
  const { historySize } = plan;
  const callCount = plan.calls.length;
  const decisions = createRunDecisions({ callCount, historySize, source: plan });
  return { plan, callCount, historySize, decisions, warnings };
}

function planCallByCall(policy: CachePolicy, requested: RunDescription): PlannedRun {
  const run = policy.planRun(requested);
  const { historySize } = policy;
  const decisions = createRunDecisions({
    callCount: run.calls,
    historySize,
    source: {
      decide: (question) => decideCall(policy, { run, ...question }),
      observe: (question, kind) =>
        policy.observe({ run, ...question }, { kind, scalars: question.scalars }),
    },
  });
  const reason = policy.explainFull(requested);
  const warnings = reason === null ? [] : [`nothing will be skipped: ${reason}`];
  return { plan: null, callCount: run.calls, historySize, decisions, warnings };
}
