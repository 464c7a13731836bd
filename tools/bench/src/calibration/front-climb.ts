import { climbSchedule } from '@forecache/cache-policy';
import { createSolver, distanceOf, evenSchedule } from '@forecache/sidecar';
import { sampleFully, sampleSteps, timesAt, variantOf, type FrontStudio } from './front-sample.js';

/** Steps of Adams–Bashforth 2 that were found by moving them. */
export interface ClimbedTimes {
  readonly fullCalls: number;
  /** Call indices of the full run where steps begin. */
  readonly schedule: readonly number[];
  /** On the images that they were found on. */
  readonly psnr: number;
}

/** Most schedules that are tried, as for the preset. */
export const CLIMB_ATTEMPTS = 60;

const LEAST_GAIN_DB = 0.02;

/** Climbs from the better of even steps and the preset's schedule, on the preset's own images. */
export async function climbTimes(studio: FrontStudio, fullCalls: number): Promise<ClimbedTimes> {
  const { identity, provenance } = studio.preset;
  const set = { seed: provenance.seeds[0] ?? NaN, count: provenance.runs };
  const full = await sampleFully(studio, { ...set, name: 'screening' });
  const attempt = async (schedule: readonly number[]): Promise<ClimbedTimes> => {
    const solver = createSolver('ab2', timesAt(schedule, identity.calls));
    const { samples } = await sampleSteps(studio, set, solver);
    const { psnr } = distanceOf(samples, full.samples, studio.manifest.image);
    return { fullCalls, schedule, psnr };
  };
  const even = await attempt(evenSchedule(identity.calls, fullCalls));
  const placed = await attempt(variantOf(studio.preset, fullCalls).fullCalls);
  return climbSchedule<ClimbedTimes>({
    calls: identity.calls,
    start: placed.psnr > even.psnr ? placed : even,
    score: ({ psnr }) => psnr,
    fullCallsOf: ({ schedule }) => schedule,
    attempt,
    attempts: CLIMB_ATTEMPTS,
    leastGain: LEAST_GAIN_DB,
  });
}
