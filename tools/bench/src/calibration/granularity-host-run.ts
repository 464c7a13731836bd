import type { BeginRun, HostRun } from '@forecache/adapters';
import {
  fillNoise,
  jointBranch,
  pixelCount,
  sampleFlow,
  type CalibrationRuns,
  type NetworkCaller,
} from '@forecache/sidecar';

/** A batch that is sampled by calls of a host's run. */
export interface HostSampling {
  readonly runs: CalibrationRuns;
  readonly runId: string;
  readonly setup: BeginRun['setup'];
  readonly signal: AbortSignal;
  /** Makes the calls of the host's run. */
  callerOf(run: HostRun): NetworkCaller;
}

/** Samples in this process, both guidance branches in one batch. Answers the final samples, image after image. */
export async function sampleOnHost(sampling: HostSampling): Promise<Float32Array> {
  const { runs, runId, setup, signal } = sampling;
  const { host, manifest, solver, guidance, seeds, labels } = runs;
  const size = pixelCount(manifest.image);
  const x = new Float32Array(seeds.length * size);
  seeds.forEach((seed, i) => fillNoise(x.subarray(i * size, (i + 1) * size), seed));
  const run = await host.beginRun({
    runId,
    branches: [jointBranch({ first: 0, labels }, manifest)],
    timesteps: [...solver.timesteps],
    sharedDirectory: '',
    setup,
  });
  try {
    await sampleFlow(sampling.callerOf(run), { solver, guidance, x, seeds, signal });
  } finally {
    await run.end();
  }
  return x;
}
