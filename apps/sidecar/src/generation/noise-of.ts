import { pixelCount, type ImageFormat } from '../sampler/image-range.js';
import { fillNoise } from '../sampler/noise.js';
import type { Batch, GenerationJob } from './generation-job.js';

/** What noise depends on. */
export interface NoiseSource {
  readonly job: Pick<GenerationJob, 'seed'>;
  readonly format: ImageFormat;
}

/** Seed of every image of a batch. */
export function seedsOf(batch: Batch, { seed }: NoiseSource['job']): readonly number[] {
  return batch.labels.map((_, i) => seed + batch.first + i);
}

/** Noise of a batch, image after image: every one from its own seed, whatever the batch size. */
export function noiseOf(batch: Batch, { job, format }: NoiseSource): Float32Array {
  const size = pixelCount(format);
  const noise = new Float32Array(batch.labels.length * size);
  seedsOf(batch, job).forEach((seed, i) => {
    fillNoise(noise.subarray(i * size, (i + 1) * size), seed);
  });
  return noise;
}
