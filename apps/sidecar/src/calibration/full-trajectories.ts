import { gramFromFeatures, type TrajectoryGram } from '@forecache/core';
import { byImage, sampleRuns, type CalibrationRuns } from './calibration-runs.js';

/** What full runs of a batch did. */
export interface FullTrajectories {
  /** Guided output of every call, the whole batch. */
  readonly outputs: readonly Float32Array[];
  /** Final samples, image after image. */
  readonly samples: Float32Array;
}

/** Samples a batch in full and keeps every output: 50 calls of 16 images are 2.5 MB on the embedded model. */
export async function recordFully(
  runs: CalibrationRuns,
  options: { readonly signal: AbortSignal },
): Promise<FullTrajectories> {
  const outputs: Float32Array[] = [];
  const samples = await sampleRuns(runs, {
    ...options,
    onOutput: (_, guided) => void outputs.push(guided),
  });
  return { outputs, samples };
}

/** Inner products of the outputs of each image. */
export function gramsOf(
  outputs: readonly Float32Array[],
  images: number,
): readonly TrajectoryGram[] {
  const split = outputs.map((output) => byImage(output, images));
  return Array.from({ length: images }, (_, image) => ({
    products: gramFromFeatures(split.map((parts) => parts[image] as Float32Array)),
  }));
}
