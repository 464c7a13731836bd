import { invalidArgument, sumGrams, type TrajectoryGram } from '@forecache/core';
import { driftOfGap } from './gap-cost.js';
import { refineSchedule } from './refine-schedule.js';
import {
  assertSamplerResponse,
  callsOf,
  finalSteps,
  type SamplerResponse,
} from './sampler-response.js';
import { MAX_SEARCH_HISTORY, searchSchedules } from './schedule-search.js';

/** What schedules are found from. */
export interface ScheduleProblem {
  /** Of the network's outputs over the calls of recorded full runs, one a run. */
  readonly runs: readonly TrajectoryGram[];
  readonly response: SamplerResponse;
  /** Most full calls of interest. */
  readonly fullCalls: number;
  /** As `errorGrowth` measured it. Default: errors neither grow nor shrink. */
  readonly growth?: readonly number[];
  /** Stored features that a forecast reads, 1 .. MAX_SEARCH_HISTORY. Default the most. */
  readonly history?: number;
}

/** A schedule with what it is expected to do. */
export interface PredictedSchedule {
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /**
   * sqrt(Σ_gaps |drift|² / |Σ_i h_i v_i|²): how far gaps move the final sample, beside how far all outputs do. An
   * estimate: what gaps do is taken to add up like independent errors, and the run to stay near the recorded one.
   */
  readonly predictedDrift: number;
}

/** Places of the exact search: more take seconds. */
const MAX_PLACES = 64;

/**
 * The best schedules for every number of full calls, with weights fitted to each gap: exact for runs of up to 64 calls;
 * longer ones are searched on a grid and then moved call by call.
 */
export function findSchedules(problem: ScheduleProblem): readonly PredictedSchedule[] {
  const { runs, response, history = MAX_SEARCH_HISTORY } = problem;
  assertSamplerResponse(response);
  const calls = callsOf(response);
  assertRuns(runs, calls);
  if (problem.growth !== undefined && problem.growth.length !== calls + 1)
    throw invalidArgument('growth.length', `calls + 1 (${calls + 1})`, problem.growth.length);
  const gram = sumGrams(runs);
  const steps = finalSteps(response);
  const { growth } = problem;
  const gapCost = driftOfGap({ gram, steps, ...(growth !== undefined && { growth }) });
  const places = gridOf(calls);
  if (!(problem.fullCalls <= calls))
    throw invalidArgument('fullCalls', `an integer between 1 and ${calls}`, problem.fullCalls);
  const fullCalls = Math.min(problem.fullCalls, places.length);
  const whole = wholeMove(gram, steps);
  return searchSchedules({ calls, fullCalls, history, gapCost, places }).map((found) => {
    const isExact = places.length === calls;
    const best = isExact
      ? found
      : refineSchedule({ calls, history, gapCost, fullCalls: found.fullCalls });
    return { fullCalls: best.fullCalls, predictedDrift: Math.sqrt(best.cost / whole) };
  });
}

function assertRuns(runs: readonly TrajectoryGram[], calls: number): void {
  if (runs.length === 0) throw invalidArgument('runs', 'at least one run', runs);
  runs.forEach(({ products }, i) => {
    if (products.length !== calls)
      throw invalidArgument(`runs[${i}].products.length`, `one a call (${calls})`, products.length);
  });
}

function gridOf(calls: number): readonly number[] {
  const stride = Math.ceil(calls / MAX_PLACES);
  return Array.from({ length: Math.ceil(calls / stride) }, (_, i) => i * stride);
}

/** |Σ_i h_i v_i|² over the runs: how far the outputs move the sample in all. */
function wholeMove({ products }: TrajectoryGram, steps: readonly number[]): number {
  return products.reduce(
    (sum, row, i) =>
      sum + row.reduce((part, value, j) => part + (steps[i] ?? NaN) * value * (steps[j] ?? NaN), 0),
    0,
  );
}
