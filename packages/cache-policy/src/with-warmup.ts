import { invalidArgument } from '@forecache/core';
import type { CachePolicy } from './cache-policy.js';
import { FULL } from './stateless-policy.js';
import { wrapPolicy } from './wrap-policy.js';

/** The policy with its first n calls full; n >= 0. */
export function withWarmup(n: number, policy: CachePolicy): CachePolicy {
  if (!Number.isInteger(n) || n < 0) throw invalidArgument('warmup', 'an integer >= 0', n);
  return wrapPolicy(policy, {
    decide: (context) => (context.callIndex < n ? FULL : policy.decide(context)),
    explainFull: (run) =>
      n >= run.calls
        ? `warmup ${n} covers the whole run (calls: ${run.calls})`
        : policy.explainFull(run),
    toString: () => `withWarmup(${n}, ${policy})`,
  });
}
