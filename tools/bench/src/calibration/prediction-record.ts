import { findSchedules, fitWeightsToWalks, type WalkFitOptions } from '@forecache/cache-policy';
import { sumGrams } from '@forecache/core';
import { distanceOf, fitOnWalk } from '@forecache/sidecar';
import { judge, wholeMoveSquared, type ImageSet, type Material } from './ablation-material.js';
import type { ResultsFile } from './ablation-results-file.js';
import { predictDrift, type PredictedDrift } from './prediction-drift.js';
import { randomSchedules, schedulesNear } from './prediction-random-schedules.js';

/** One schedule: what was expected of it, and what it did. */
export interface PredictionRow {
  readonly fullCalls: readonly number[];
  /** Relative to how far all outputs move the sample: roots of `PredictedDrift`. */
  readonly predicted: PredictedDrift;
  /** ‖x - x*‖ / ‖x*‖ of final samples. */
  readonly realised: { readonly openLoop: number; readonly onWalk: number };
}

/** Where schedules are drawn from. */
export type Draw = 'any' | 'near the found one';

/** Groups of schedules. */
export const DRAWS: readonly { readonly count: number; readonly draw: Draw }[] = Object.freeze([
  { count: 18, draw: 'any' },
  { count: 12, draw: 'any' },
  { count: 9, draw: 'any' },
  { count: 12, draw: 'near the found one' },
]);

/** Schedules of a group. */
export const SCHEDULES = 60;

/** Images that expectations come from, and that they are tested on. */
export const PREDICTION_IMAGES: ImageSet = Object.freeze({ seed: 100000, images: 8 });

/** Freedom of all fitted weights. */
export const PREDICTION_OPTIONS: WalkFitOptions = Object.freeze({ history: 3, ridge: 1e-4 });

/** How far full calls are moved near the found schedule. */
export const FARTHEST = 2;

/** Measures one group. */
export async function recordPredictions(
  material: Material,
  results: ResultsFile<PredictionRow>,
  { count, draw }: (typeof DRAWS)[number],
): Promise<void> {
  const { runs, full, response, positions, signal } = material;
  const found = findSchedules({ runs: material.grams(), response, fullCalls: count })[count - 1];
  const centre = found?.fullCalls ?? [];
  const fit = { full, response, positions, ...PREDICTION_OPTIONS };
  let growth: readonly number[] | undefined;
  const grown = async () =>
    (growth ??= (await fitOnWalk(runs, { ...fit, fullCalls: centre }, { signal })).growth);
  for (const [i, fullCalls] of schedulesOf(material, centre, draw).entries()) {
    await results.measured(predictionName({ count, draw }, i), async () => {
      const predicted = relative(material, { fullCalls, growth: await grown() });
      const walks = material.grams();
      const open = fitWeightsToWalks({ ...fit, fullCalls, walks });
      const openLoop = await judge(material, { fullCalls, weights: open.weights });
      const { samples } = await fitOnWalk(runs, { ...fit, fullCalls }, { signal });
      const onWalk = distanceOf(samples, full.samples, runs.manifest.image);
      const realised = { openLoop: openLoop.relativeError, onWalk: onWalk.relativeError };
      return { fullCalls, predicted, realised };
    });
  }
}

/** ‖x*‖ over how far all outputs move the sample. */
export function sampleOverMove({ full, response, grams }: Material): number {
  const squared = full.samples.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squared / wholeMoveSquared(sumGrams(grams()), response));
}

/** `12, any: 7`. */
export function predictionName({ count, draw }: (typeof DRAWS)[number], i: number): string {
  return `${count}, ${draw}: ${i}`;
}

function schedulesOf({ positions }: Material, centre: readonly number[], draw: Draw): number[][] {
  const drawn = { calls: positions.length, count: SCHEDULES, seed: centre.length };
  return draw === 'any'
    ? randomSchedules({ ...drawn, fullCalls: centre.length })
    : schedulesNear(centre, { ...drawn, farthest: FARTHEST });
}

function relative(
  { response, positions, grams }: Material,
  {
    fullCalls,
    growth,
  }: { readonly fullCalls: readonly number[]; readonly growth: readonly number[] },
): PredictedDrift {
  const gram = sumGrams(grams());
  const schedule = { response, positions, fullCalls };
  const squared = predictDrift(gram, schedule, { growth, options: PREDICTION_OPTIONS });
  const whole = wholeMoveSquared(gram, response);
  const root = (value: number) => Math.sqrt(value / whole);
  return {
    gaps: root(squared.gaps),
    gapsGrown: root(squared.gapsGrown),
    whole: root(squared.whole),
    wholeGrown: root(squared.wholeGrown),
  };
}
