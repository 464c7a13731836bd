import { finalSteps, type CallWeights, type SamplerResponse } from '@forecache/cache-policy';
import type { TrajectoryGram } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import {
  createSolver,
  distanceOf,
  evenTimes,
  gramsOf,
  listedWeights,
  positionsOf,
  recordFully,
  samplerResponse,
  walkSchedule,
  type CalibrationRuns,
  type FullTrajectories,
  type SampleDistance,
  type SamplerName,
} from '@forecache/sidecar';

/** How images are made. */
export interface Conditions {
  readonly sampler: SamplerName;
  readonly steps: number;
  readonly guidance: number;
}

/** What everything is measured with unless another is said. */
export const USUAL: Conditions = Object.freeze({ sampler: 'euler', steps: 50, guidance: 2 });

/** Which images: image i has seed + i, and the classes in turn. */
export interface ImageSet {
  readonly seed: number;
  readonly images: number;
  /** Class numbers; default every class of the model. */
  readonly classes?: readonly number[];
}

/** What presets are made from. */
export const CALIBRATION: ImageSet = Object.freeze({ seed: 100000, images: 16 });

/** What they are judged on: no seed is one of the calibration. */
export const UNSEEN: ImageSet = Object.freeze({ seed: 1, images: 64 });

/** Full runs of some images, and all that follows from them. */
export interface Material {
  readonly runs: CalibrationRuns;
  readonly full: FullTrajectories;
  readonly response: SamplerResponse;
  /** Position of every call. */
  readonly positions: readonly number[];
  readonly signal: AbortSignal;
  /** One an image. */
  grams(): readonly TrajectoryGram[];
}

/** The network that makes images. */
export interface Network extends Pick<CalibrationRuns, 'host' | 'manifest'> {
  readonly signal: AbortSignal;
}

/** Makes images in full. */
export async function recordMaterial(
  { host, manifest, signal }: Network,
  conditions: Conditions,
  images: ImageSet,
): Promise<Material> {
  const { sampler, steps, guidance } = conditions;
  const solver = createSolver(sampler, evenTimes(steps));
  const runs = { host, manifest, solver, guidance, ...imagesOf(images, manifest) };
  const { timesteps } = solver;
  const calls = timesteps.length;
  const size = `${manifest.image.width}x${manifest.image.height}`;
  const identity = { model: manifest.id, sampler, steps, guidance, size, calls, timesteps };
  const full = await recordFully(runs, { signal });
  let grams: readonly TrajectoryGram[] | undefined;
  return {
    runs,
    full,
    response: samplerResponse(solver),
    positions: positionsOf({ identity }),
    signal,
    grams: () => (grams ??= gramsOf(full.outputs, runs.seeds.length)),
  };
}

/** Seeds and classes of a set. */
export function imagesOf(
  { seed, images, classes }: ImageSet,
  { classNames }: Pick<ModelManifest, 'classNames'>,
): { readonly seeds: readonly number[]; readonly labels: readonly number[] } {
  const inTurn = classes ?? [...classNames.keys()];
  const each = Array.from({ length: images }, (_, i) => i);
  return {
    seeds: each.map((i) => seed + i),
    labels: each.map((i) => inTurn[i % inTurn.length] ?? NaN),
  };
}

/** A schedule with the weights of its skipped calls. */
export interface WeightedSchedule {
  readonly fullCalls: readonly number[];
  readonly weights: readonly CallWeights[];
}

/** How far a schedule's samples are from those of full compute. */
export async function judge(
  { runs, full, signal }: Material,
  { fullCalls, weights }: WeightedSchedule,
): Promise<SampleDistance> {
  const samples = await walkSchedule(runs, listedWeights(fullCalls, weights), { signal });
  return distanceOf(samples, full.samples, runs.manifest.image);
}

/** Σ_i h_i v_i of all images together, squared: how far the outputs of full runs move the samples. */
export function wholeMoveSquared({ products }: TrajectoryGram, response: SamplerResponse): number {
  const steps = finalSteps(response);
  return products.reduce(
    (sum, row, i) =>
      sum + row.reduce((part, value, j) => part + (steps[i] ?? NaN) * value * (steps[j] ?? NaN), 0),
    0,
  );
}
