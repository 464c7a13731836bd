import type { CallWeights, Granularity, WalkFitOptions } from '@forecache/cache-policy';
import { gramFromFeatures, sumGrams, type TrajectoryGram } from '@forecache/core';
import { byImage, distanceOf, type CalibrationRuns } from '@forecache/sidecar';
import {
  featureGaps,
  fitFeatureGap,
  joinSiteGrams,
  type FeatureGap,
} from './granularity-gap-fit.js';
import { walkSites, type CallFeatures } from './granularity-walk.js';

/** Where the features come from that weights are fitted to; what they should give is always the full run's. */
export type FittedTo = 'full runs' | 'walk';

/** Full runs of the calibration's images at one granularity. */
export interface FeatureMaterial {
  readonly runs: CalibrationRuns;
  readonly granularity: Granularity;
  /** By call. */
  readonly features: readonly CallFeatures[];
  readonly samples: Float32Array;
  readonly signal: AbortSignal;
}

/** Samples in full and keeps every feature: 50 calls of 16 images at `module` are 480 MB on the demo model. */
export async function recordFeatures(
  options: Pick<FeatureMaterial, 'runs' | 'granularity' | 'signal'>,
): Promise<FeatureMaterial> {
  const features: CallFeatures[] = [];
  const fullCalls = [...options.runs.solver.timesteps.keys()];
  const onFull = (_: number, ofCall: CallFeatures) => {
    features.push(ofCall);
    return [];
  };
  const samples = await walkSites({ ...options, fullCalls, history: 1, onFull });
  return { ...options, features, samples };
}

/** A schedule, what its weights are fitted to, and how freely. */
export interface FeatureFit extends WalkFitOptions {
  readonly fullCalls: readonly number[];
  readonly fittedTo: FittedTo;
}

/** Weights and the samples of the walk that they were fitted on. */
export interface FittedFeatures {
  readonly weights: readonly CallWeights[];
  readonly samples: Float32Array;
}

/** Walks a schedule and fits the calls of every gap on the way: later features are those of the fitted walk. */
export async function fitFeatures(
  material: FeatureMaterial,
  fit: FeatureFit,
): Promise<FittedFeatures> {
  const weights: CallWeights[] = [];
  const fitGap: FitGap = (grams, gap) => {
    const fitted = fitFeatureGap(joinSiteGrams(grams.flat()), gap, fit);
    weights.push(...fitted);
    return [fitted];
  };
  const samples = await walkAndFit(material, fit, { groups: 1, fitGap });
  return { weights, samples };
}

/** Groups of images that walk by weights fitted on the others. */
const GROUPS = 4;

/** Final samples with every group of images walking by weights that were fitted on the others, in dB to the full run. */
export async function crossFitFeatures(material: FeatureMaterial, fit: FeatureFit) {
  const fitGap: FitGap = (grams, gap) =>
    Array.from({ length: GROUPS }, (_, group) => {
      const others = grams.map((site) => sumGrams(site.filter((__, i) => i !== group)));
      return fitFeatureGap(joinSiteGrams(others), gap, fit);
    });
  const samples = await walkAndFit(material, fit, { groups: GROUPS, fitGap });
  return distanceOf(samples, material.samples, material.runs.manifest.image);
}

/** Inner products by site and group. */
type FitGap = (
  grams: readonly (readonly TrajectoryGram[])[],
  gap: FeatureGap,
) => readonly (readonly CallWeights[])[];

function walkAndFit(
  { runs, granularity, features, signal }: FeatureMaterial,
  { fullCalls, history, fittedTo }: FeatureFit,
  { groups, fitGap }: { readonly groups: number; readonly fitGap: FitGap },
): Promise<Float32Array> {
  const gaps = featureGaps(fullCalls, runs.solver.timesteps, history);
  let own: CallFeatures[] = [];
  const onFull = (index: number, newest: CallFeatures) => {
    own = [newest, ...own].slice(0, history);
    const gap = gaps[index] as FeatureGap;
    const full = ({ call }: { readonly call: number }) => features[call] as CallFeatures;
    const sources = fittedTo === 'walk' ? own : gap.sources.map(full);
    const read = [...sources, ...gap.targets.map(full)];
    if (gap.targets.length === 0) return [];
    const grams = [...newest.keys()].map((site) =>
      groupGrams(
        read.map((ofCall) => ofCall.get(site) as Float32Array),
        groups,
      ),
    );
    return fitGap(grams, gap);
  };
  return walkSites({ runs, granularity, fullCalls, history, signal, onFull });
}

/** Inner products of each group of images, of both halves of the joint batch. */
function groupGrams(features: readonly Float32Array[], groups: number): TrajectoryGram[] {
  const parts = features.map((feature) => byImage(feature, 2 * groups));
  const gram = (part: number): TrajectoryGram => ({
    products: gramFromFeatures(parts.map((ofCall) => ofCall[part] as Float32Array)),
  });
  return Array.from({ length: groups }, (_, group) =>
    sumGrams([gram(group), gram(groups + group)]),
  );
}
