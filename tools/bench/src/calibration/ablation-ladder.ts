import { findSchedules, fitWeightsToWalks, type WalkFitOptions } from '@forecache/cache-policy';
import { forecastWeights } from '@forecache/core';
import {
  crossFitOnWalk,
  distanceOf,
  evenSchedule,
  fitOnWalk,
  optimizeSchedule,
  type SampleDistance,
} from '@forecache/sidecar';
import { judge, type Material, type WeightedSchedule } from './ablation-material.js';
import type { ResultsFile } from './ablation-results-file.js';

/** One rung: how a schedule and its weights were found, and what they do on unseen images. */
export interface LadderRow extends SampleDistance {
  readonly fullCalls: readonly number[];
  /** Stored features a forecast reads, and the ridge; null where nothing was fitted. */
  readonly options: WalkFitOptions | null;
}

/** Numbers of full calls, of 50. */
export const COUNTS = Object.freeze([18, 12, 9, 7]);

/** Most moves of single full calls that are tried. */
export const CLIMB_ATTEMPTS = 60;

/** Stored features that are tried one by one, and at how many full calls. */
export const HISTORIES = Object.freeze([1, 2, 3, 4, 5, 6]);
export const HISTORY_COUNT = 12;

/** Freedom of the weights that is tried, by leaving images of the calibration out. */
export const CHOICES: readonly WalkFitOptions[] = Object.freeze(
  [3, 4].flatMap((history) => [1e-5, 1e-4, 1e-3].map((ridge) => ({ history, ridge }))),
);

/** Ridges that are tried for each history. */
const RIDGES = Object.freeze([1e-5, 1e-4, 1e-3, 1e-2]);

/** The rungs from nothing fitted to everything, in the order of the table. */
export const RUNGS = Object.freeze({
  'even, line': 'even schedule, line weights',
  'even, on the walk': 'even schedule, weights fitted on the walk',
  'found, line': 'found schedule, line weights',
  'found, open loop': 'found schedule, weights fitted to full runs',
  'found, on the walk': 'found schedule, weights fitted on the walk',
  'searched, on the walk': 'best schedule of many searches, weights fitted on the walk',
  'climbed, on the walk': 'the same, then full calls moved one by one',
});

/** A rung. */
export type Rung = keyof typeof RUNGS;

/** Images to learn from and images to judge on. */
export interface Ablation {
  readonly learned: Material;
  readonly unseen: Material;
  readonly results: ResultsFile<LadderRow>;
}

/** Measures every rung at a number of full calls. */
export async function climbLadder(ablation: Ablation, count: number): Promise<void> {
  const { learned, unseen, results } = ablation;
  const even = evenSchedule(learned.positions.length, count);
  const rung = (name: Rung, make: () => Promise<MadeSchedule>) =>
    results.measured(`${count}: ${name}`, async () => {
      const { options, ...made } = await make();
      return { fullCalls: made.fullCalls, options, ...(await judge(unseen, made)) };
    });
  const found = () => foundSchedule(learned, count);
  await rung('even, line', async () => withLines(learned, even));
  await rung('even, on the walk', () => withFit(learned, even));
  await rung('found, line', async () => withLines(learned, found()));
  await rung('found, open loop', async () => withOpenLoop(learned, found()));
  await rung('found, on the walk', () => withFit(learned, found()));
  await rung('searched, on the walk', () => optimized(learned, count, 0));
  await rung('climbed, on the walk', () => optimized(learned, count, CLIMB_ATTEMPTS));
}

/** Measures what more stored features give, on the schedule that searches found. */
export async function lengthenHistory({ learned, unseen, results }: Ablation): Promise<void> {
  const found = results.find(`${HISTORY_COUNT}: searched, on the walk`);
  if (found === undefined) return;
  const { fullCalls } = found;
  for (const history of HISTORIES) {
    await results.measured(`history ${history}`, async () => {
      const choices = RIDGES.map((ridge) => ({ history, ridge }));
      const made = await withFit(learned, fullCalls, choices);
      return { fullCalls, options: made.options, ...(await judge(unseen, made)) };
    });
  }
}

interface MadeSchedule extends WeightedSchedule {
  readonly options: WalkFitOptions | null;
}

function foundSchedule(learned: Material, count: number): readonly number[] {
  const { response } = learned;
  const found = findSchedules({ runs: learned.grams(), response, fullCalls: count });
  return found[count - 1]?.fullCalls ?? [];
}

/** The line through the newest two features: Adams–Bashforth 2 under Euler. */
function withLines({ positions }: Material, fullCalls: readonly number[]): MadeSchedule {
  const skipped = [...positions.keys()].filter((call) => !fullCalls.includes(call));
  const weights = skipped.map((call) => {
    const stored = fullCalls.filter((other) => other < call).slice(-2);
    const history = stored.map((other) => ({ call: other, position: positions[other] ?? NaN }));
    const at = positions[call] ?? NaN;
    return forecastWeights({ forecaster: 'newton', order: 1, history, at }).weights;
  });
  return { fullCalls, weights, options: null };
}

function withOpenLoop(learned: Material, fullCalls: readonly number[]): MadeSchedule {
  const { response, positions } = learned;
  const free = { history: null, ridge: null };
  const walks = learned.grams();
  const fit = fitWeightsToWalks({ response, positions, fullCalls, walks, ...free });
  const { weights, history, ridge } = fit;
  return { fullCalls, weights, options: { history, ridge } };
}

/** Weights of one walk, with the freedom that brings left-out images of the calibration closest. */
async function withFit(
  learned: Material,
  fullCalls: readonly number[],
  choices: readonly WalkFitOptions[] = CHOICES,
): Promise<MadeSchedule> {
  const { runs, full, response, positions, signal } = learned;
  const fit = { full, response, positions, fullCalls };
  let best = { psnr: -Infinity, options: choices[0] as WalkFitOptions };
  for (const options of choices) {
    const samples = await crossFitOnWalk(runs, { ...fit, ...options }, { signal });
    const { psnr } = distanceOf(samples, full.samples, runs.manifest.image);
    if (psnr > best.psnr) best = { psnr, options };
  }
  const { weights } = await fitOnWalk(runs, { ...fit, ...best.options }, { signal });
  return { fullCalls, weights, options: best.options };
}

async function optimized(
  learned: Material,
  count: number,
  attempts: number,
): Promise<MadeSchedule> {
  const { grams, ...rest } = learned;
  const problem = { ...rest, grams: grams(), attempts, choices: CHOICES };
  const { fullCalls, weights, options } = await optimizeSchedule(problem, count);
  return { fullCalls, weights, options };
}
