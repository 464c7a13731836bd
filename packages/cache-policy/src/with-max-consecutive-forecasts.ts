import { invalidArgument } from '@forecache/core';
import type { CachePolicy } from './cache-policy.js';
import { FULL } from './stateless-policy.js';
import { wrapPolicy } from './wrap-policy.js';

/** The policy with a full call after n forecasts or reuses in a row; n >= 0, and 0 is off: every call full. */
export function withMaxConsecutiveForecasts(n: number, policy: CachePolicy): CachePolicy {
  if (!Number.isInteger(n) || n < 0) {
    throw invalidArgument('max consecutive forecasts', 'an integer >= 0', n);
  }
  return wrapPolicy(policy, {
    decide: (context) => {
      const lastFull = context.fullCalls.at(-1) ?? -1;
      return context.callIndex - lastFull > n ? FULL : policy.decide(context);
    },
    explainFull: (run) => (n === 0 ? 'max consecutive forecasts is 0' : policy.explainFull(run)),
    toString: () => `withMaxConsecutiveForecasts(${n}, ${policy})`,
  });
}
