import type { CachePolicy } from './cache-policy.js';

/** What a wrapper may change; everything else is the wrapped policy's. */
export type PolicyChanges = Partial<
  Pick<CachePolicy, 'setup' | 'decide' | 'observe' | 'reset' | 'explainFull' | 'toString'>
>;

/**
 * The policy with some answers changed. Works for policies of any make, classes included. A policy that learns is told
 * what was done, whoever decided it: where a wrapper forces a full call, it observes a full call.
 */
export function wrapPolicy(policy: CachePolicy, changes: PolicyChanges): CachePolicy {
  return Object.freeze({
    name: policy.name,
    asksAt: policy.asksAt,
    historySize: policy.historySize,
    granularities: policy.granularities,
    setup: (...asked: Parameters<CachePolicy['setup']>) => policy.setup(...asked),
    planRun: (run: Parameters<CachePolicy['planRun']>[0]) => policy.planRun(run),
    explainFull: (run: Parameters<CachePolicy['explainFull']>[0]) => policy.explainFull(run),
    decide: (context: Parameters<CachePolicy['decide']>[0]) => policy.decide(context),
    observe: (...seen: Parameters<CachePolicy['observe']>) => policy.observe(...seen),
    reset: () => policy.reset(),
    toString: () => policy.toString(),
    ...changes,
  });
}
