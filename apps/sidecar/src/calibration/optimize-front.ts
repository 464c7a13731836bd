import type { PresetVariant } from '@forecache/cache-policy';
import type { Calibration } from './calibration-file.js';
import type { CalibrationRuns } from './calibration-runs.js';
import { recordFully, type FullTrajectories } from './full-trajectories.js';
import { optimizeSchedule, type OptimizedSchedule } from './optimize-schedule.js';
import { distanceOf, type SampleDistance } from './sample-distance.js';
import { bestTaylorSeer, type TaylorSeerRival } from './taylorseer-rival.js';
import { listedWeights, walkSchedule } from './walk-schedule.js';

/** What a front is optimised with. */
export interface FrontOptions {
  readonly calibration: Calibration;
  /** The calibration's own runs. */
  readonly runs: CalibrationRuns;
  /** Runs that nothing is fitted on. */
  readonly heldOut: CalibrationRuns;
  /** Most schedules walked for each number of full calls; 0 keeps the one that the search finds. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  /** Told after every walk of the calibration's runs. */
  onWalk?(): void;
}

/** One number of full calls, optimised and measured. */
export interface OptimizedVariant {
  /** What a preset holds: fitted, or TaylorSeer's where that is closer. */
  readonly variant: PresetVariant;
  readonly isTaylorSeer: boolean;
  readonly fitted: OptimizedSchedule;
  /** On the held-out runs. */
  readonly heldOut: SampleDistance;
  readonly rival: TaylorSeerRival;
}

/** Optimises numbers of full calls one by one; what is common to all is recorded once. */
export interface FrontOptimizer {
  optimize(fullCalls: number, attempts?: number): Promise<OptimizedVariant>;
}

/** Positions in which gaps are lines: timesteps where a sampler has them, else call indices. */
export function positionsOf({ identity }: Pick<Calibration, 'identity'>): readonly number[] {
  const { timesteps, calls } = identity;
  return timesteps.length > 0 ? timesteps : Array.from({ length: calls }, (_, call) => call);
}

/** Records the full runs that everything is compared with. */
export async function createFrontOptimizer(options: FrontOptions): Promise<FrontOptimizer> {
  const { calibration, runs, heldOut, signal } = options;
  const { response, grams } = calibration;
  const full = await recordFully(runs, { signal });
  const unseen = await recordFully(heldOut, { signal });
  return {
    async optimize(fullCalls, attempts = options.attempts) {
      const positions = positionsOf(calibration);
      const fit = { runs, full, grams, response, positions, attempts, signal };
      const fitted = await optimizeSchedule(
        { ...fit, onWalk: () => options.onWalk?.() },
        fullCalls,
      );
      return judge(fitted, { heldOut, unseen, signal });
    },
  };
}

interface Judging {
  readonly heldOut: CalibrationRuns;
  readonly unseen: FullTrajectories;
  readonly signal: AbortSignal;
}

/** Measures on held-out runs, beside TaylorSeer with as many full calls; the closer one goes into the preset. */
async function judge(
  fitted: OptimizedSchedule,
  { heldOut, unseen, signal }: Judging,
): Promise<OptimizedVariant> {
  const { fullCalls, weights } = fitted;
  const samples = await walkSchedule(heldOut, listedWeights(fullCalls, weights), { signal });
  const distance = distanceOf(samples, unseen.samples, heldOut.manifest.image);
  const rival = await bestTaylorSeer(heldOut, unseen, { count: fullCalls.length, signal });
  const isTaylorSeer = rival.psnr > distance.psnr;
  const { relativeError, psnr } = isTaylorSeer ? rival : distance;
  const chosen = isTaylorSeer ? rival : fitted;
  const variant = { fullCalls: chosen.fullCalls, weights: chosen.weights, relativeError, psnr };
  return { variant, isTaylorSeer, fitted, heldOut: distance, rival };
}
