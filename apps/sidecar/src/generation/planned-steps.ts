import { createPolicy } from '@forecache/cache-policy';
import { timestepsOf } from '../sampler/euler-sampler.js';
import type { GenerationJob } from './generation-job.js';

/** Steps that a job's policy wants taken, and the policy with its effective options. */
export function plannedSteps(job: Pick<GenerationJob, 'policy' | 'steps'>): {
  readonly steps: number;
  readonly label: string;
} {
  const { steps } = job;
  const policy = createPolicy(job.policy);
  const timesteps = timestepsOf(steps);
  const planned = policy.planRun({ steps, calls: steps, timesteps, sigmas: timesteps });
  return { steps: planned.steps, label: policy.toString() };
}
