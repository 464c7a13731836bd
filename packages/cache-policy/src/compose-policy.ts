import type { CachePolicy } from './cache-policy.js';
import { TAIL_LOOKALIKES, WARMUP_ALIASES } from './interval-schedule.js';
import {
  compileOptions,
  integerOption,
  optionNames,
  printOptions,
  type OptionSpec,
  type OptionTable,
} from './policy-options.js';
import { textOption } from './text-option.js';
import { withEnds } from './with-ends.js';
import { withMaxConsecutiveForecasts } from './with-max-consecutive-forecasts.js';
import { withSharedDecision } from './with-shared-decision.js';
import { withStepMask } from './with-step-mask.js';
import { wrapPolicy } from './wrap-policy.js';

/** The wrappers by name, for every policy that is made from text. The names are options, hence their spelling. */
export interface Composition {
  /** Leading calls that are always full; default 0. */
  readonly warmup: number;
  /** Last calls that are always full; default 0. */
  readonly tail: number;
  /** Most forecasts or reuses in a row; default -1: no limit. 0 is off. */
  readonly max_consecutive_forecasts: number;
  /** One digit a call: 1 computes, 0 leaves the call to the policy; default `none`. */
  readonly step_mask: string;
  /** The branch that decides for all; default `none`. */
  readonly shared_branch: string;
}

/** No mask, no leader. */
const NONE = 'none';

const COMPOSITION: OptionTable<Composition> = Object.freeze({
  warmup: integerOption({
    minimum: 0,
    defaultValue: 0,
    aliases: WARMUP_ALIASES,
    summary: 'Leading calls that are always full.',
  }),
  tail: integerOption({
    minimum: 0,
    defaultValue: 0,
    lookalikes: TAIL_LOOKALIKES,
    summary: 'Last calls that are always full.',
  }),
  max_consecutive_forecasts: integerOption({
    minimum: -1,
    defaultValue: -1,
    aliases: [
      'max_continuous_cached_steps',
      'max_consecutive_cache_hits',
      'max_consecutive_cached',
      'max_skip_steps',
    ],
    summary: 'Most forecasts or reuses in a row; -1 is no limit, 0 is off.',
  }),
  step_mask: textOption({
    rule: 'a 0 or 1 for each call of the run, or none',
    matches: (text) => /^[01]+$/.test(text),
    defaultValue: NONE,
    aliases: ['steps_computation_mask'],
    summary: 'Calls marked 1 are full, the policy decides the others.',
  }),
  shared_branch: textOption({
    rule: 'the name of a branch, or none',
    matches: (text) => /^[\w-]+$/.test(text),
    defaultValue: NONE,
    summary: 'The branch whose decisions the others repeat.',
  }),
});

/** The composition options that a policy does not have itself, without the spellings that it uses otherwise. */
export function compositionBeside(own: OptionTable<object>): OptionTable<Partial<Composition>> {
  const specs: readonly OptionSpec<never>[] = Object.values(own);
  const taken = new Set([
    ...Object.keys(own),
    ...specs.flatMap(({ aliases, lookalikes }) => [...aliases, ...Object.keys(lookalikes)]),
  ]);
  const free = optionNames(COMPOSITION).filter((name) => !taken.has(name));
  const entries = free.map((name) => {
    const spec = COMPOSITION[name];
    return [name, { ...spec, aliases: spec.aliases.filter((alias) => !taken.has(alias)) }];
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** The policy in the wrappers that the options ask for. It prints them as if they were its own. */
export function composePolicy(
  policy: CachePolicy,
  table: OptionTable<Partial<Composition>>,
  given: { readonly [K in keyof Composition]?: Composition[K] | undefined },
): CachePolicy {
  const options = compileOptions(table, given);
  const shown = printOptions(table, options);
  if (shown.length === 0) return policy;
  const label = appendOptions(policy.toString(), shown);
  return wrapPolicy(wrapAll(policy, options), { toString: () => label });
}

function wrapAll(policy: CachePolicy, options: Partial<Composition>): CachePolicy {
  const { warmup = 0, tail = 0, max_consecutive_forecasts: most = -1 } = options;
  const { step_mask: mask = NONE, shared_branch: leader = NONE } = options;
  let wrapped = withEnds({ warmup, tail }, policy);
  if (most >= 0) wrapped = withMaxConsecutiveForecasts(most, wrapped);
  if (mask !== NONE) wrapped = withStepMask(digits(mask), wrapped);
  return leader === NONE ? wrapped : withSharedDecision(leader, wrapped);
}

function digits(mask: string): boolean[] {
  return Array.from(mask, (digit) => digit === '1');
}

/** `fora(interval=3)` and `warmup=2` to `fora(interval=3, warmup=2)`. */
function appendOptions(label: string, shown: readonly string[]): string {
  const separator = label.endsWith('()') ? '' : ', ';
  return `${label.slice(0, -1)}${separator}${shown.join(', ')})`;
}
