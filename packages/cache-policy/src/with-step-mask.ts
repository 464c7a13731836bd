import { invalidArgument } from '@forecache/core';
import type { CachePolicy, RunDescription } from './cache-policy.js';
import { FULL } from './stateless-policy.js';
import { wrapPolicy } from './wrap-policy.js';

/**
 * The policy with chosen calls full: mask[call] true forces a full call, false leaves the call to the policy.
 * One entry per call of the run.
 */
export function withStepMask(mask: readonly boolean[], policy: CachePolicy): CachePolicy {
  const full = Object.freeze([...mask]);
  return wrapPolicy(policy, {
    setup: (run, granularity) => {
      assertLength(full, run);
      return policy.setup(run, granularity);
    },
    decide: (context) => {
      assertLength(full, context.run);
      return full[context.callIndex] === true ? FULL : policy.decide(context);
    },
    explainFull: (run) =>
      full.every(Boolean) ? `the mask is set at all ${run.calls} calls` : policy.explainFull(run),
    toString: () => `withStepMask(${full.map(Number).join('')}, ${policy})`,
  });
}

function assertLength(mask: readonly boolean[], run: RunDescription): void {
  if (mask.length === run.calls) return;
  throw invalidArgument('length of step_mask', `${run.calls}, one entry a call`, mask.length);
}
