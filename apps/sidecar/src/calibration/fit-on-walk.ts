import {
  createWalkFitter,
  errorGrowth,
  type CallWeights,
  type FittedSchedule,
  type WalkFitOptions,
  type WalkGram,
} from '@forecache/cache-policy';
import { gramFromFeatures, sumGrams } from '@forecache/core';
import { byImage, type CalibrationRuns } from './calibration-runs.js';
import type { FullTrajectories } from './full-trajectories.js';
import { walkSchedule, type GapWeights } from './walk-schedule.js';

/** What a fit on the walk itself needs. */
export interface OnPolicyFit extends FittedSchedule, WalkFitOptions {
  readonly full: FullTrajectories;
}

/** A walk whose weights were fitted on the way. */
export interface FittedWalk {
  /** Of every skipped call, in order. */
  readonly weights: readonly CallWeights[];
  /** Final samples, image after image. */
  readonly samples: Float32Array;
  /** What the network made of the walk's errors: by call, as `errorGrowth` tells it. */
  readonly growth: readonly number[];
}

/** Walks a schedule and fits each gap with what this very walk computed before it. */
export async function fitOnWalk(
  runs: CalibrationRuns,
  fit: OnPolicyFit,
  options: { readonly signal: AbortSignal },
): Promise<FittedWalk> {
  const fitter = createWalkFitter(fit, fit);
  const gram = createGrowingGram(fit.full.outputs);
  const weights: CallWeights[] = [];
  const gapWeights = (gap: number, newest: Float32Array): GapWeights[] => {
    const found = fitter.fitGap(gap, gram.with(newest));
    weights.push(...found);
    return [found];
  };
  const samples = await walkSchedule(runs, { fullCalls: fit.fullCalls, gapWeights }, options);
  return { weights, samples, growth: errorGrowth(fit, fitter, gram.known) };
}

/** Groups of images in a cross-fitted walk, where there are as many. */
const MOST_GROUPS = 4;

/** In how many groups images can walk apart: a divisor of their number. */
export function groupsOf(images: number): number {
  return [MOST_GROUPS, 3, 2].find((groups) => images % groups === 0) ?? 1;
}

/**
 * The same with every group of images walking by weights that were fitted on the others: one walk tells how good a
 * schedule and its fit are on images that were left out, with all that the network makes of their errors. Answers the
 * final samples.
 */
export async function crossFitOnWalk(
  runs: CalibrationRuns,
  fit: OnPolicyFit,
  options: { readonly signal: AbortSignal },
): Promise<Float32Array> {
  const groups = groupsOf(runs.seeds.length);
  const split = fit.full.outputs.map((output) => byImage(output, groups));
  const members = Array.from({ length: groups }, (_, group) => ({
    fitter: createWalkFitter(fit, fit),
    gram: createGrowingGram(split.map((parts) => parts[group] as Float32Array)),
  }));
  const gapWeights = (gap: number, newest: Float32Array): GapWeights[] => {
    const parts = byImage(newest, groups);
    const grams = members.map(({ gram }, group) => gram.with(parts[group] as Float32Array));
    return members.map(({ fitter }, group) => {
      const others = grams.filter((_, other) => other !== group || groups === 1);
      return [...fitter.fitGap(gap, sumGrams(others))];
    });
  };
  return walkSchedule(runs, { fullCalls: fit.fullCalls, gapWeights }, options);
}

/** Adds outputs to a Gram matrix one by one; what is known is not added up again. */
function createGrowingGram(start: readonly Float32Array[]) {
  const features = [...start];
  const products = gramFromFeatures(features);
  return {
    known: { products } satisfies WalkGram,
    with(feature: Float32Array): WalkGram {
      features.push(feature);
      const row = features.map((other) => gramFromFeatures([feature, other])[0]?.[1] ?? NaN);
      products.forEach((known, i) => known.push(row[i] ?? NaN));
      products.push(row);
      return { products };
    },
  };
}
