import type { CachePolicy } from './cache-policy.js';

/** What a wrapper changes; everything else is the wrapped policy's. */
export type PolicyChanges = Pick<CachePolicy, 'decide' | 'explainFull' | 'toString'>;

/** The policy with some answers changed. Works for policies of any make, classes included. */
export function wrapPolicy(policy: CachePolicy, changes: PolicyChanges): CachePolicy {
  return Object.freeze({
    name: policy.name,
    asksAt: policy.asksAt,
    historySize: policy.historySize,
    planRun: (run: Parameters<CachePolicy['planRun']>[0]) => policy.planRun(run),
    observe: (...seen: Parameters<CachePolicy['observe']>) => policy.observe(...seen),
    reset: () => policy.reset(),
    ...changes,
  });
}
