import type { HostRun, ModelHost, RunSetup } from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';
import { batchesOf, type Batch, type GenerationJob } from '../generation/generation-job.js';
import { beginLocalRun, jointShape } from '../generation/local-network.js';
import { noiseOf, seedsOf } from '../generation/noise-of.js';
import { solverOf } from '../generation/solver-of.js';
import type { JointShape } from '../sampler/local-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { sampleFlow } from '../sampler/sample-flow.js';

/** What runs of the model in this process are made with, to learn from them. */
export interface FullSampling {
  readonly host: ModelHost;
  readonly manifest: ModelManifest;
  /** Sampler, steps, guidance, seeds, classes and batch size; its policy plays no part. */
  readonly job: GenerationJob;
  readonly setup: RunSetup;
  readonly signal: AbortSignal;
  /** Told after every call of every run. */
  onCall?(): void;
}

/** A run that is sampled in full. */
export interface FullRun extends JointShape {
  readonly run: HostRun;
  readonly batch: Batch;
}

/** Samples every batch of a job by full compute, through a caller that may look at each call. */
export async function sampleInFull(
  sampling: FullSampling,
  createCaller: (run: FullRun) => NetworkCaller,
): Promise<void> {
  const { host, manifest, job, setup, signal } = sampling;
  const { guidance } = job;
  const solver = solverOf(job);
  const { timesteps } = solver;
  for (const batch of batchesOf(job)) {
    const run = await beginLocalRun(host, { manifest, batch, timesteps, setup });
    try {
      const x = noiseOf(batch, { job, format: manifest.image });
      const caller = createCaller({ run, batch, ...jointShape(batch, manifest) });
      const seeds = seedsOf(batch, job);
      const onCall = () => sampling.onCall?.();
      await sampleFlow(caller, { solver, guidance, x, seeds, signal, onCall });
    } finally {
      await run.end();
    }
  }
}
