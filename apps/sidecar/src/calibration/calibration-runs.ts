import { NO_SETUP, type ModelHost } from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';
import { beginLocalRun, jointShape } from '../generation/local-network.js';
import { pixelCount } from '../sampler/image-range.js';
import { createLocalCaller } from '../sampler/local-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { fillNoise } from '../sampler/noise.js';
import { sampleFlow } from '../sampler/sample-flow.js';
import type { Solver } from '../sampler/solver.js';

/** Images that are made again and again in one batch: in full, and under schedules and weights. */
export interface CalibrationRuns {
  readonly host: ModelHost;
  readonly manifest: ModelManifest;
  readonly solver: Solver;
  readonly guidance: number;
  /** Seed and class of every image. */
  readonly seeds: readonly number[];
  readonly labels: readonly number[];
}

/** How one batch is sampled. */
export interface SampleOptions {
  readonly signal: AbortSignal;
  /** Stands between the sampler and the network; default: every call is computed. */
  wrap?(network: NetworkCaller): NetworkCaller;
  /** Shown the guided output of every call; the receiver's to keep. */
  onOutput?(callIndex: number, guided: Float32Array): void;
}

/** Samples the batch once. Answers the final samples, image after image. */
export async function sampleRuns(
  runs: CalibrationRuns,
  { signal, wrap, onOutput }: SampleOptions,
): Promise<Float32Array> {
  const { host, manifest, solver, guidance, seeds, labels } = runs;
  const size = pixelCount(manifest.image);
  const x = new Float32Array(seeds.length * size);
  seeds.forEach((seed, i) => fillNoise(x.subarray(i * size, (i + 1) * size), seed));
  const batch = { first: 0, labels };
  const request = { manifest, batch, timesteps: solver.timesteps, setup: NO_SETUP };
  const run = await beginLocalRun(host, request);
  try {
    const network = createLocalCaller(run, jointShape(batch, manifest));
    const caller = wrap?.(network) ?? network;
    await sampleFlow(caller, {
      solver,
      guidance,
      x,
      seeds,
      signal,
      ...(onOutput !== undefined && { onOutput }),
    });
  } finally {
    await run.end();
  }
  return x;
}

/** The batch's numbers image by image, without a copy. */
export function byImage(values: Float32Array, images: number): Float32Array[] {
  const size = values.length / images;
  return Array.from({ length: images }, (_, i) => values.subarray(i * size, (i + 1) * size));
}
