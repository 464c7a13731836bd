import type { CachePolicy } from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import { compileOptions, type OptionTable } from './policy-options.js';
import { createStatelessPolicy, FULL, PLAIN_SETUP } from './stateless-policy.js';
import { explainFullTokens, printTokenPolicy, tokenOptions, tokenRule } from './toca-options.js';
import type { TokenOptions } from './toca-options.js';
import { createTokenPlanner, hasReuse, tokenSetup } from './toca-planner.js';
import { TOCA_SCHEDULES } from './toca-schedules.js';

/** Options of `toca`. */
export type TocaOptions = TokenOptions;

const NAME = 'toca';

const OPTIONS: OptionTable<Required<TocaOptions>> = tokenOptions('influence');

/**
 * Computes the tokens that matter most between full calls and reuses the others. Source: ToCa (arXiv 2410.05317) and its
 * released code: which calls are full is in `activationsOf`, how many tokens a module computes in `freshRatio`, the
 * constants of every released configuration in `TOCA_SCHEDULES`. A module whose factor is not positive is reused whole.
 */
export function createTocaPolicy(options: TocaOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const rule = tokenRule(NAME, TOCA_SCHEDULES, compiled);
  const planOf = createTokenPlanner(rule);
  const isOff = rule.schedule.interval === 1;
  return createStatelessPolicy({
    name: NAME,
    label: printTokenPolicy({ name: NAME, table: OPTIONS }, compiled, rule),
    historySize: isOff || !hasReuse(rule.schedule) ? 0 : 1,
    granularities: ['module'],
    setup: (run) => (isOff ? PLAIN_SETUP : tokenSetup(rule, run)),
    decide: ({ run, callIndex }) => (isOff ? FULL : planOf(run).decide(callIndex)),
    explainFull: (run) => explainFullTokens(rule.schedule, run),
  });
}

export const TOCA_DEFINITION: PolicyDefinition<Required<TocaOptions>> = Object.freeze({
  name: NAME,
  summary: 'Computes the tokens that matter most between full calls and reuses the others.',
  table: OPTIONS,
  create: createTocaPolicy,
});
