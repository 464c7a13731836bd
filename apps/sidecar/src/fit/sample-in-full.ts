import type { HostRun, ModelHost, RunSetup } from '@forecache/adapters';
import { pixelCount } from '../sampler/image-range.js';
import { sampleEuler } from '../sampler/euler-sampler.js';
import type { JointShape } from '../sampler/local-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { fillNoise } from '../sampler/noise.js';
import { beginLocalRun, jointShape } from '../generation/local-network.js';
import { batchesOf, type GenerationJob } from '../generation/generation-job.js';
import type { ModelManifest } from '@forecache/demo-model';

/** What runs of the model in this process are made with, to learn from them. */
export interface FullSampling {
  readonly host: ModelHost;
  readonly manifest: ModelManifest;
  /** Steps, guidance, seeds, classes and batch size; its policy plays no part. */
  readonly job: GenerationJob;
  readonly setup: RunSetup;
  readonly signal: AbortSignal;
  /** Told after every call of every run. */
  onCall?(): void;
}

/** Samples every batch of a job by full compute, through a caller that may look at each call. */
export async function sampleInFull(
  sampling: FullSampling,
  createCaller: (run: HostRun, shape: JointShape) => NetworkCaller,
): Promise<void> {
  const { host, manifest, job, setup, signal } = sampling;
  const { steps, guidance } = job;
  const pixels = pixelCount(manifest.image);
  for (const batch of batchesOf(job)) {
    const run = await beginLocalRun(host, { manifest, batch, steps, setup });
    try {
      const x = new Float32Array(batch.labels.length * pixels);
      batch.labels.forEach((_, i) => {
        fillNoise(x.subarray(i * pixels, (i + 1) * pixels), job.seed + batch.first + i);
      });
      const caller = createCaller(run, jointShape(batch, manifest));
      const onCall = () => sampling.onCall?.();
      await sampleEuler(caller, { steps, guidance, x, signal, onCall });
    } finally {
      await run.end();
    }
  }
}
