import { callsOf } from './sampler-response.js';
import { findSchedules, type ScheduleProblem } from './find-schedules.js';

/** What growth of errors is assumed: e^(p (1 - s/n)) before call s of n. 0 is the plain search. */
const ASSUMED_GROWTH = Object.freeze([0, 0.5, 1, 1.5, -0.5, -1]);

/** Parts of the runs that are left out in turn, where there are as many. */
const MOST_PARTS = 4;

/**
 * Different schedules of `fullCalls` calls that are each the best by some reading of the same runs: with errors that grow or
 * shrink over the run, and with a part of the runs left out. What the network makes of errors is not in the runs, so which
 * of them is best is for walks to say. The plain search comes first; none comes twice.
 */
export function scheduleStarts(
  problem: Omit<ScheduleProblem, 'growth'>,
): readonly (readonly number[])[] {
  const { runs, response, fullCalls } = problem;
  const calls = callsOf(response);
  const readings: ScheduleProblem[] = ASSUMED_GROWTH.map((power) => ({
    ...problem,
    growth: Array.from({ length: calls + 1 }, (_, s) => Math.exp(power * (1 - s / calls))),
  }));
  const parts = Math.min(MOST_PARTS, runs.length);
  for (let part = 0; part < parts && parts > 1; part++)
    readings.push({ ...problem, runs: runs.filter((_, run) => run % parts !== part) });
  const found = readings.map((reading) => findSchedules(reading)[fullCalls - 1]?.fullCalls ?? []);
  return [...new Map(found.map((schedule) => [schedule.join(), schedule])).values()];
}
