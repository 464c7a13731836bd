import type { CachePolicy, CallContext, CallResult } from './cache-policy.js';
import { TAIL_LOOKALIKES, WARMUP_ALIASES } from './interval-schedule.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  compileOptions,
  integerOption,
  numberOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { probe } from './probe.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { anyGranularity, FULL, measuringSetup, REUSE } from './stateless-policy.js';
import { withEnds, type Ends } from './with-ends.js';

/** Options of `easycache`. */
export interface EasyCacheOptions extends Partial<Ends> {
  /** Skips while the accumulated change stays below; >= 0, default 0.05 as for Wan. 0 is off. */
  readonly threshold?: number;
}

/** What the newest full calls and the skips since then have shown; NaN where nothing was measured. */
interface Knowledge {
  /** e: estimated change of the output since the last full call, relative to its size. */
  readonly error: number;
  /** kappa: how much the output changed per change of the input, between the last two full calls. */
  readonly rate: number;
  /** mean|o| of the last full call. */
  readonly outputSize: number;
}

const NAME = 'easycache';

const OPTIONS: OptionTable<Required<EasyCacheOptions>> = Object.freeze({
  threshold: numberOption({
    minimum: 0,
    defaultValue: 0.05,
    aliases: ['thresh', 'reuse_threshold'],
    summary: 'Skips while the accumulated change stays below it; higher is faster, 0 is off.',
  }),
  warmup: integerOption({
    minimum: 0,
    defaultValue: 10,
    aliases: ['ret_steps', ...WARMUP_ALIASES],
    summary: 'Leading calls that are always full.',
  }),
  tail: integerOption({
    minimum: 0,
    defaultValue: 1,
    lookalikes: TAIL_LOOKALIKES,
    summary: 'Last calls that are always full.',
  }),
});

/**
 * Reuses what the network last did to its input, while the change since then stays small. Source: EasyCache, arXiv
 * 2507.02860, and its code for Wan: a call adds kappa * mean|x - x'| / mean|o|, x' the input of the call before and o
 * the last computed output, and is skipped while the sum is below the threshold; a full call sets it to 0 and kappa to
 * mean|o - o'| / mean|x - x'| between full calls. The authors decide for one guidance branch and copy to the other
 * (`shared_branch`); without that each branch decides for itself.
 */
export function createEasyCachePolicy(options: EasyCacheOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { threshold } = compiled;
  const setup = measuringSetup(probe('input-change'), probe('output-rate'));
  const between = createStatefulPolicy<Knowledge>({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['threshold', 'warmup', 'tail']),
    historySize: 1,
    granularities: anyGranularity('change'),
    setup: () => setup,
    explainFull: () => (threshold === 0 ? 'threshold is 0' : null),
    initial: { error: 0, rate: NaN, outputSize: NaN },
    // Not a number, where something was not measured, is not below: full.
    decide: (known, context) => (errorAt(known, context) < threshold ? REUSE : FULL),
    advance: (known, context, result) =>
      result.kind === 'full' ? learn(result) : { ...known, error: errorAt(known, context) },
  });
  return withEnds(compiled, between);
}

export const EASYCACHE_DEFINITION: PolicyDefinition<Required<EasyCacheOptions>> = Object.freeze({
  name: NAME,
  summary: 'Reuses the network’s last change of its input while the estimated error stays small.',
  table: OPTIONS,
  create: createEasyCachePolicy,
});

function errorAt({ error, rate, outputSize }: Knowledge, { scalars }: CallContext): number {
  return error + (rate * (scalars['input-change'] ?? NaN)) / outputSize;
}

function learn({ scalars }: CallResult): Knowledge {
  return {
    error: 0,
    rate: (scalars['output-change'] ?? NaN) / (scalars['input-span'] ?? NaN),
    outputSize: scalars['output-size'] ?? NaN,
  };
}
