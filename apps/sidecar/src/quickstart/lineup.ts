import { compileRunPlan, createPolicy, type Granularity } from '@forecache/cache-policy';
import type { GenerationMode, PolicyChoice } from '../generation/generation-job.js';

/** One row of the quickstart's table. */
export interface Entry {
  readonly label: string;
  readonly mode: GenerationMode;
  readonly policy: PolicyChoice;
  /** Default: the policy's own. */
  readonly granularity?: Granularity | null;
}

/** The preset that comes with the model, and the full calls that it is shown with: as many as TaylorSeer at N = 5 has. */
export const SHIPPED_PRESET: PolicyChoice = Object.freeze({
  name: 'preset',
  options: Object.freeze({ preset: 'demo-euler-50', full_calls: '12' }),
});

/** The reference for images and speed-ups: every feature call through the sidecar, none forecast. */
export const FULL_LABEL = 'full';

/** The model in this process alone: what interception costs, and that it changes no bit. */
export const DIRECT_LABEL = 'direct (no sidecar)';

/**
 * What the quickstart compares in a run of `steps` steps. The fewer-steps rows have as many full calls as TaylorSeer at
 * N = 3 and N = 5 (18 and 12 of 50): whoever forecasts has to beat them. The last rows apply the sidecar's plan in
 * this process, so no tensor moves; the very last is the model's preset, where it was made for so many steps.
 */
export function lineupFor(
  steps: number,
  preset: Pick<Entry, 'policy' | 'granularity'> | null,
): readonly Entry[] {
  const plan = { ...taylorSeer(5, 2), label: 'TaylorSeer N=5 O=2, plan', mode: 'plan' } as const;
  return [
    { label: DIRECT_LABEL, mode: 'local', policy: { name: 'full', options: {} } },
    { label: FULL_LABEL, mode: 'intercept', policy: { name: 'full', options: {} } },
    fewerSteps(fullCalls(taylorSeer(3, 1), steps)),
    fewerSteps(fullCalls(taylorSeer(5, 1), steps)),
    fora(3),
    fora(5),
    taylorSeer(3, 1),
    taylorSeer(5, 1),
    taylorSeer(5, 2),
    taylorSeer(7, 2),
    plan,
    ...(preset === null ? [] : [{ ...preset, label: 'preset, plan', mode: 'plan' as const }]),
  ];
}

function fullCalls({ policy }: Entry, steps: number): number {
  return compileRunPlan({ policy: createPolicy(policy), run: { steps, calls: steps } }).fullCalls
    .length;
}

function fewerSteps(steps: number): Entry {
  const policy = { name: 'fewer-steps', options: { steps: String(steps) } };
  return { label: `${steps} steps`, mode: 'intercept', policy };
}

function fora(interval: number): Entry {
  const policy = { name: 'fora', options: { interval: String(interval) } };
  return { label: `FORA N=${interval}`, mode: 'intercept', policy };
}

function taylorSeer(interval: number, order: number): Entry {
  const options = { interval: String(interval), order: String(order), warmup: '3' };
  const label = `TaylorSeer N=${interval} O=${order}`;
  return { label, mode: 'intercept', policy: { name: 'taylorseer', options } };
}
