import type { CachePolicy, RunDescription } from './cache-policy.js';
import { withTail } from './with-tail.js';
import { withWarmup } from './with-warmup.js';
import { wrapPolicy } from './wrap-policy.js';

/** Calls at the ends of a run that are always full. */
export interface Ends {
  /** Leading calls; >= 0. */
  readonly warmup: number;
  /** Last calls; >= 0. */
  readonly tail: number;
}

/** The policy with both ends full, for policies whose authors have it so: it prints and explains them as its own. */
export function withEnds(ends: Ends, policy: CachePolicy): CachePolicy {
  return wrapPolicy(withTail(ends.tail, withWarmup(ends.warmup, policy)), {
    explainFull: (run) => policy.explainFull(run) ?? explainEnds(run, ends),
    toString: () => policy.toString(),
  });
}

function explainEnds({ calls }: RunDescription, { warmup, tail }: Ends): string | null {
  if (warmup >= calls) return `warmup ${warmup} covers the whole run (calls: ${calls})`;
  if (warmup + tail < calls) return null;
  return `warmup ${warmup} and tail ${tail} cover the whole run (calls: ${calls})`;
}
