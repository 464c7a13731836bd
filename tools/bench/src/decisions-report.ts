import { DECISION_LIMIT_US, type CallTimes, type DecisionCost } from './decisions.js';
import { duration, measuredOn, type Measured } from './report.js';

/** A run of the decision benchmark. */
export interface DecisionReport extends Measured {
  readonly rounds: number;
  readonly limitUs: number;
  readonly policies: readonly DecisionCost[];
}

/** The policies that have a call that takes longer to decide than the limit. */
export function overLimit(policies: readonly DecisionCost[]): readonly DecisionCost[] {
  return policies.filter(({ decision }) => !(decision.worstUs < DECISION_LIMIT_US));
}

/** The report as Markdown. */
export function renderDecisions(report: DecisionReport): string {
  const { rounds, policies, limitUs } = report;
  const over = overLimit(policies).length;
  return [
    '# Decisions',
    '',
    'Written by `tools/bench` (`npm run bench:decisions`); do not edit. Every policy with its default options in a run of',
    "50 calls of a network of FLUX's size: 57 blocks, 19 of them double with four modules, 114 modules in all. A time of",
    `a call is its median over ${rounds} rounds, after the code is compiled; below are the median and the worst of the calls.`,
    'A *decision* gives a call its actions and weights. An *observation* tells a policy that decides call by call what a',
    'call did and measured, once a call. *Start* is everything before the first call: the whole plan of a policy that',
    'is asked once (a decision then costs nothing any more), the setup of any other (*).',
    '',
    measuredOn(report),
    '',
    `Limit of a decision: ${limitUs} µs; ${over === 0 ? 'every policy keeps it' : `${over} over it`}.`,
    '',
    '| policy | full calls | decision: median | worst | observation: median | worst | start |',
    '|---|---|---|---|---|---|---|',
    ...policies.map(renderRow),
    '',
  ].join('\n');
}

function renderRow({ policy, fullCalls, decision, observation, startUs }: DecisionCost): string {
  const start = `${duration(startUs)}${observation === null ? '' : ' *'}`;
  return `| ${[policy, fullCalls, ...cells(decision), ...cells(observation), start].join(' | ')} |`;
}

function cells(times: CallTimes | null): readonly string[] {
  return times === null ? ['–', '–'] : [duration(times.medianUs), duration(times.worstUs)];
}
