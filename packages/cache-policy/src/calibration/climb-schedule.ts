import { movesOf } from './schedule-moves.js';

/** A schedule that is to be made better by trying others for real. */
export interface ScheduleClimb<Trial> {
  /** Calls of the run. */
  readonly calls: number;
  readonly start: Trial;
  /** How good a trial is: higher is better. */
  score(trial: Trial): number;
  fullCallsOf(trial: Trial): readonly number[];
  /** Tries a schedule: a walk of all calibration runs. */
  attempt(fullCalls: readonly number[]): Promise<Trial>;
  /** Most schedules that are tried, >= 0. */
  readonly attempts: number;
  /** Smallest gain that counts. */
  readonly leastGain: number;
}

/**
 * Moves one full call at a time by one or two calls, the last first because nothing after it mends what it does, and keeps
 * what is better. Ends where no move helps, or when the attempts are used up. No schedule is tried twice.
 */
export async function climbSchedule<Trial>(climb: ScheduleClimb<Trial>): Promise<Trial> {
  const { calls, score, fullCallsOf, attempt } = climb;
  const tried = new Set([fullCallsOf(climb.start).join()]);
  let best = climb.start;
  let left = climb.attempts;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let index = fullCallsOf(best).length - 1; index > 0; index--) {
      for (const moved of movesOf(fullCallsOf(best), index, { calls, together: 1, farthest: 2 })) {
        if (tried.has(moved.join())) continue;
        if (left-- <= 0) return best;
        tried.add(moved.join());
        const trial = await attempt(moved);
        if (score(trial) < score(best) + climb.leastGain) continue;
        best = trial;
        isBetter = true;
        break;
      }
    }
  }
  return best;
}
