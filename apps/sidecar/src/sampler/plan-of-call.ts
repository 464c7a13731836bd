import type { CacheRun, CallPlan } from '@forecache/adapters';
import { JOINT_BRANCH } from './euler-sampler.js';

/** What a call does: read off the run's plan, or asked for where the policy decides call by call. */
export async function planOfCall(
  run: CacheRun,
  callIndex: number,
  signal: AbortSignal,
): Promise<CallPlan> {
  const planned = run.plan?.calls[callIndex];
  if (planned !== undefined) return planned;
  return run.decide({ branch: JOINT_BRANCH, callIndex, scalars: {} }, { signal });
}
