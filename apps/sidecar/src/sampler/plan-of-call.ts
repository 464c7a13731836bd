import type { CacheRun, CallPlan, Scalars } from '@forecache/adapters';
import { JOINT_BRANCH } from './joint-branch.js';

/** A call that is about to be made. */
export interface UndecidedCall {
  readonly callIndex: number;
  /** What was measured before the call. */
  readonly scalars: Scalars;
}

/** What a call does: read off the run's plan, or asked for where the policy decides call by call. */
export async function planOfCall(
  run: CacheRun,
  call: UndecidedCall,
  signal: AbortSignal,
): Promise<CallPlan> {
  const planned = run.plan?.calls[call.callIndex];
  if (planned !== undefined) return planned;
  return run.decide({ branch: JOINT_BRANCH, ...call }, { signal });
}
