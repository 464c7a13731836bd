import type { CachePolicy, Decision } from './cache-policy.js';
import { DUCA_SCHEDULES } from './duca-schedules.js';
import type { PolicyDefinition } from './policy-definition.js';
import { choiceOption, compileOptions, type OptionTable } from './policy-options.js';
import { createStatelessPolicy, FULL, PLAIN_SETUP } from './stateless-policy.js';
import { autoOption, type Auto } from './text-option.js';
import type { Activation } from './toca-activation.js';
import { explainFullTokens, printTokenPolicy, tokenOptions, tokenRule } from './toca-options.js';
import type { TokenOptions } from './toca-options.js';
import { createTokenPlanner, tokenSetup } from './toca-planner.js';

/** In which direction calls between full ones are counted: to the next full call, or from the last one. */
export type PhaseOrder = 'dit' | 'pixart';

/** Options of `duca`. */
export interface DucaOptions extends TokenOptions {
  /** `dit` counts to the next full call, `pixart` from the last one; default: as the schedule counts its steps. */
  readonly phase?: Auto<PhaseOrder>;
}

const NAME = 'duca';

const OPTIONS: OptionTable<Required<DucaOptions>> = Object.freeze({
  ...tokenOptions('value-norm'),
  phase: autoOption(
    choiceOption<PhaseOrder>({
      choices: ['dit', 'pixart'],
      summary:
        'Whether odd calls, which compute tokens, count to the next full call or from the last.',
    }),
    'the direction in which the schedule counts',
  ),
});

/**
 * Alternates ToCa's calls with calls that skip every block. Source: DuCa (arXiv 2412.18911) and its released code: a call
 * at an odd phase between full calls is ToCa's (conservative), one at an even phase reuses the last block's newest
 * output and computes the head alone (aggressive).
 *
 * The phase is the step modulo the threshold. DiT's steps count down, so with threshold 3 a full call is followed by an
 * aggressive one and then a conservative one; PixArt's count up, and the order is the other way round. The paper's text
 * agrees with neither in general.
 *
 * The last block's output is stored at every call that runs the blocks, in the released code as here. Two differences
 * from that code, both small: where its first block is full alone in an aggressive call (DiT, N = 3, 50 steps: step 32),
 * that block's work reaches no output but its own cache, and is left out here; and a token's age counts every call here,
 * the conservative ones alone there.
 */
export function createDucaPolicy(options: DucaOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const rule = tokenRule(NAME, DUCA_SCHEDULES, compiled);
  const planOf = createTokenPlanner(rule);
  const isOff = rule.schedule.interval === 1;
  const own = rule.schedule.counts === 'down' ? 'dit' : 'pixart';
  const order = compiled.phase === 'auto' ? own : compiled.phase;
  return createStatelessPolicy({
    name: NAME,
    label: printTokenPolicy({ name: NAME, table: OPTIONS }, compiled, rule),
    historySize: isOff ? 0 : 1,
    granularities: ['module'],
    setup: (run) => {
      if (isOff) return PLAIN_SETUP;
      const setup = tokenSetup(rule, run);
      return { ...setup, sites: [...setup.sites, 'hidden'] };
    },
    decide: ({ run, callIndex }) => {
      if (isOff) return FULL;
      const plan = planOf(run);
      const activation = plan.activations[callIndex];
      const isSkipped = activation !== undefined && isAggressive(activation, order);
      return isSkipped ? SKIP_BLOCKS : plan.decide(callIndex);
    },
    explainFull: (run) => explainFullTokens(rule.schedule, run),
  });
}

export const DUCA_DEFINITION: PolicyDefinition<Required<DucaOptions>> = Object.freeze({
  name: NAME,
  summary: 'Alternates calls that compute chosen tokens with calls that skip every block.',
  table: OPTIONS,
  create: createDucaPolicy,
});

const SKIP_BLOCKS: Decision = Object.freeze({
  kind: 'by-site',
  sites: Object.freeze([
    Object.freeze({ site: 'hidden', decision: Object.freeze({ kind: 'reuse' }) }),
  ]),
});

function isAggressive(activation: Activation, order: PhaseOrder): boolean {
  const phase = order === 'dit' ? activation.untilFull : activation.sinceFull;
  return phase > 0 && phase % 2 === 0;
}
