import type { CachePolicy, RunDescription } from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import { compileOptions, integerOption, printPolicy, type OptionTable } from './policy-options.js';
import { createStatelessPolicy, FULL } from './stateless-policy.js';

/** Options of `fewer-steps`. */
export interface FewerStepsOptions {
  /** Sampler steps to take instead; >= 1. */
  readonly steps: number;
}

const NAME = 'fewer-steps';

const OPTIONS: OptionTable<FewerStepsOptions> = Object.freeze({
  steps: integerOption({ minimum: 1, summary: 'Sampler steps to take instead of the run’s own.' }),
});

/**
 * Takes fewer sampler steps and computes each of them: the baseline that every caching policy has to beat.
 * A run that has no more steps than that stays as it is.
 */
export function createFewerStepsPolicy(options: FewerStepsOptions): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { steps } = compiled;
  return createStatelessPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['steps']),
    historySize: 0,
    decide: () => FULL,
    planRun: (run) => shorten(run, steps),
    explainFull: (run) =>
      run.steps > steps ? null : `the run has ${run.steps} steps, no more than ${steps}`,
  });
}

export const FEWER_STEPS_DEFINITION: PolicyDefinition<FewerStepsOptions> = Object.freeze({
  name: NAME,
  summary: 'Takes fewer sampler steps and computes each: the baseline to beat.',
  table: OPTIONS,
  create: createFewerStepsPolicy,
});

/** Keeps the sampler's calls per step; a Heun sampler makes 2 a step less 1. The positions are the host's to choose anew. */
function shorten(run: RunDescription, steps: number): RunDescription {
  if (run.steps <= steps) return run;
  const callsPerStep = Math.ceil(run.calls / run.steps);
  const missing = callsPerStep * run.steps - run.calls;
  const { network } = run;
  const calls = Math.max(1, callsPerStep * steps - missing);
  return network === undefined ? { steps, calls } : { steps, calls, network };
}
