import { invalidArgument } from '@forecache/core';
import type { CachePolicy } from './cache-policy.js';
import { FULL } from './stateless-policy.js';
import { wrapPolicy } from './wrap-policy.js';

/** The policy with its last n calls full; n >= 0. Late calls fix detail, and TaylorSeer itself forecasts them. */
export function withTail(n: number, policy: CachePolicy): CachePolicy {
  if (!Number.isInteger(n) || n < 0) throw invalidArgument('tail', 'an integer >= 0', n);
  return wrapPolicy(policy, {
    decide: (context) =>
      context.callIndex >= context.run.calls - n ? FULL : policy.decide(context),
    explainFull: (run) =>
      n >= run.calls
        ? `tail ${n} covers the whole run (calls: ${run.calls})`
        : policy.explainFull(run),
    toString: () => `withTail(${n}, ${policy})`,
  });
}
