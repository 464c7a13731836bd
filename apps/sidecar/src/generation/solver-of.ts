import type { RunDescription } from '@forecache/cache-policy';
import { shiftedTimes } from '../sampler/sampler-times.js';
import { createSolver } from '../sampler/samplers.js';
import type { Solver } from '../sampler/solver.js';
import type { GenerationJob } from './generation-job.js';

/** The sampler of a job. Under fewer-steps it is asked for with fewer steps than the job's. */
export function solverOf({
  sampler,
  steps,
  shift,
}: Pick<GenerationJob, 'sampler' | 'steps' | 'shift'>): Solver {
  return createSolver(sampler, shiftedTimes(steps, shift));
}

/**
 * The calls of a run as policies know them. Timesteps that repeat, as Heun's do, are no positions and are left out, as
 * the Diffusers hook does. The noise level of a rectified flow is its timestep.
 */
export function callsOfRun({ steps, timesteps }: Solver): RunDescription {
  const calls = timesteps.length;
  const falls = timesteps.every((t, call) => call === 0 || t < (timesteps[call - 1] ?? NaN));
  return falls ? { steps, calls, timesteps, sigmas: timesteps } : { steps, calls };
}
