import type { ModelDescription } from '@forecache/adapters';
import { compileRunSetup, createPolicy } from '@forecache/cache-policy';
import { networkShape } from '../network-shape.js';
import { interceptedTensors } from '../sampler/intercept-caller.js';
import { proxiedTensors } from '../sampler/proxy-caller.js';
import type { LaidOutTensor } from '../sampler/tensor-route.js';
import type { GenerationJob } from './generation-job.js';
import { callsOfRun, solverOf } from './solver-of.js';

/** A job's run, as far as its tensors go. */
export interface MovingRun {
  readonly job: Pick<GenerationJob, 'mode' | 'policy' | 'granularity' | 'sampler' | 'shift'>;
  readonly steps: number;
  /** Samples of the joint batch. */
  readonly samples: number;
}

/**
 * Every tensor that a run will pass to the sidecar or get from it, so that its shared memory can be laid out before the
 * run is open. One that is missing here travels inline.
 */
export function movingTensors(
  description: ModelDescription,
  { job, steps, samples }: MovingRun,
): readonly LaidOutTensor[] {
  if (job.mode === 'proxy') return proxiedTensors(description, samples);
  const keptSites = expectedSites(description, { job, steps });
  return interceptedTensors(description, { batch: samples, keptSites });
}

/** The sites that the sidecar will keep, as the policy package here says. */
function expectedSites(
  description: ModelDescription,
  { job, steps }: Pick<MovingRun, 'job' | 'steps'>,
): readonly string[] {
  const network = networkShape(description);
  const run = { ...callsOfRun(solverOf({ ...job, steps })), network };
  const { granularity } = job;
  return compileRunSetup({
    policy: createPolicy(job.policy),
    run,
    ...(granularity !== null && { granularity }),
  }).sites;
}
