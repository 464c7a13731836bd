import { createPolicy } from '@forecache/cache-policy';
import type { GenerationJob } from './generation-job.js';
import { callsOfRun, solverOf } from './solver-of.js';

/** Steps that a job's policy wants taken, the calls they make, and the policy with its effective options. */
export function plannedSteps(job: Pick<GenerationJob, 'policy' | 'steps' | 'sampler' | 'shift'>): {
  readonly steps: number;
  readonly calls: number;
  readonly label: string;
} {
  const policy = createPolicy(job.policy);
  const { steps } = policy.planRun(callsOfRun(solverOf(job)));
  const calls = solverOf({ ...job, steps }).timesteps.length;
  return { steps, calls, label: policy.toString() };
}
