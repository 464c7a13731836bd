import type { CachePolicy, RunDescription } from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import { printPolicy } from './policy-options.js';
import { probe } from './probe.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { anyGranularity, FULL, measuringSetup, REUSE } from './stateless-policy.js';
import { callsOf } from './teacache-coefficient-set.js';
import {
  compileTeaCache,
  TEACACHE_OPTIONS,
  type CompiledTeaCache,
  type TeaCacheOptions,
} from './teacache-options.js';

const NAME = 'teacache';

/**
 * Reuses while the change since the last full call, estimated from a cheap measurement, stays below a threshold.
 * Source: TeaCache, arXiv 2411.19108, and its released code: with d the relative change of the probe from call to call
 * (skipped ones included) and p the model's polynomial, a call adds p(d) and is skipped while the sum is below l;
 * a full call sets it to 0. The first and last calls are always full, as many as the model's rule says.
 *
 * What is reused is what the whole stack of blocks adds. Each branch has a sum of its own.
 */
export function createTeaCachePolicy(options: TeaCacheOptions = {}): CachePolicy {
  const compiled = compileTeaCache(options);
  const { set, threshold } = compiled;
  const setup = measuringSetup(probe(compiled.probe));
  const shown = ['threshold', 'coefficients'] as const;
  return createStatefulPolicy<number>({
    name: NAME,
    label: printPolicy({ name: NAME, table: TEACACHE_OPTIONS }, compiled.options, shown),
    historySize: 1,
    granularities: anyGranularity('residual'),
    setup: () => setup,
    explainFull: (run) => explainFull(run, compiled),
    initial: 0,
    decide: (sum, context) => {
      const { callIndex, run } = context;
      const isForced =
        callIndex < callsOf(set.first, run.calls) ||
        callIndex >= run.calls - callsOf(set.last, run.calls);
      if (threshold === 0 || isForced) return FULL;
      // Not a number, where nothing was measured, is not below: full.
      return sum + compiled.change(context) < threshold ? REUSE : FULL;
    },
    advance: (sum, context, result) =>
      result.kind === 'full' ? 0 : sum + compiled.change(context),
  });
}

export const TEACACHE_DEFINITION: PolicyDefinition<Required<TeaCacheOptions>> = Object.freeze({
  name: NAME,
  summary: 'Reuses while the accumulated change of a cheap measurement stays below a threshold.',
  table: TEACACHE_OPTIONS,
  create: createTeaCachePolicy,
});

function explainFull({ calls }: RunDescription, compiled: CompiledTeaCache): string | null {
  const { set, threshold, polynomial } = compiled;
  if (threshold === 0) return 'threshold is 0';
  const first = callsOf(set.first, calls);
  const last = callsOf(set.last, calls);
  if (first + last >= calls) {
    return `the first ${first} and last ${last} calls are always full (calls: ${calls})`;
  }
  const least = leastOver(polynomial);
  return least < threshold
    ? null
    : `threshold ${threshold} is no more than the least that a call adds, ${least.toPrecision(3)}`;
}

/** The least value between 0 and 1, where relative changes lie, on a grid. */
function leastOver(polynomial: (change: number) => number): number {
  let least = Infinity;
  for (let i = 0; i <= 1000; i++) least = Math.min(least, polynomial(i / 1000));
  return least;
}
