import type { CachePolicy, CallContext, Decision } from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import { compileOptions, integerOption, printPolicy, type OptionTable } from './policy-options.js';
import { createStatelessPolicy, FULL, REUSE } from './stateless-policy.js';

/** Options of `fora`. */
export interface ForaOptions {
  /** N: a full call every N; >= 1, default 3. 1 is off. */
  readonly interval?: number;
}

const NAME = 'fora';

const OPTIONS: OptionTable<Required<ForaOptions>> = Object.freeze({
  interval: integerOption({
    minimum: 1,
    defaultValue: 3,
    aliases: ['cache_threshold', 'cache_interval', 'fresh_threshold'],
    summary: 'N: a full call every N, counted back from the last call; 1 is off.',
  }),
});

/**
 * Reuses the newest feature between full calls. Source: FORA's released `models.py`, where steps count down
 * and a step is full when it is the first or divisible by N; counted up, call 0 and (calls - 1 - call) mod N = 0.
 * The last call is always full. For N = 5 and 7 of 50 this is not TaylorSeer's schedule.
 */
export function createForaPolicy(options: ForaOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const N = compiled.interval;
  return createStatelessPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['interval']),
    historySize: 1,
    decide: (context) => decide(context, N),
    explainFull: () => (N === 1 ? 'interval is 1' : null),
  });
}

export const FORA_DEFINITION: PolicyDefinition<Required<ForaOptions>> = Object.freeze({
  name: NAME,
  summary: 'Reuses the newest feature between evenly spaced full calls.',
  table: OPTIONS,
  create: createForaPolicy,
});

function decide({ callIndex, run }: CallContext, N: number): Decision {
  const isFull = callIndex === 0 || (run.calls - 1 - callIndex) % N === 0;
  return isFull ? FULL : REUSE;
}
