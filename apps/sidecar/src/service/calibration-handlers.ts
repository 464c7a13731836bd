import {
  decodeFindSchedules,
  decodeFitWeights,
  encodeSchedules,
  encodeWeightsFound,
  type CalibrationServiceHandlers,
  type FindSchedules,
  type FitWeights,
  type WeightsFound,
} from '@forecache/adapters';
import {
  callsOf,
  findSchedules,
  fitWeightsToWalks,
  weightsPlan,
  type PredictedSchedule,
} from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { AnswerUnary } from './cache-handlers.js';

/** Recorded runs of one request: more than this is a mistake. */
const MOST_RUNS = 1024;

/** Calls of a run: the search takes seconds for so many. */
const MOST_CALLS = 1000;

/** The methods of `CalibrationService` for a gRPC server. Each is one computation in this process, of seconds at most. */
export function createCalibrationHandlers(unary: AnswerUnary): CalibrationServiceHandlers {
  return {
    FindSchedules: unary('FindSchedules', async (message) =>
      encodeSchedules(find(decodeFindSchedules(message))),
    ),
    FitWeights: unary('FitWeights', async (message) =>
      encodeWeightsFound(fit(decodeFitWeights(message))),
    ),
  };
}

function find({ history, growth, ...problem }: FindSchedules): readonly PredictedSchedule[] {
  assertSizes(problem.runs.length, callsOf(problem.response));
  return findSchedules({
    ...problem,
    ...(history !== null && { history }),
    ...(growth.length > 0 && { growth }),
  });
}

function fit({ positions, ...problem }: FitWeights): WeightsFound {
  const calls = callsOf(problem.response);
  assertSizes(problem.walks.length, calls);
  const indices = Array.from({ length: calls }, (_, call) => call);
  const found = fitWeightsToWalks({
    ...problem,
    positions: positions.length === 0 ? indices : positions,
  });
  const plan = { steps: calls, calls: weightsPlan(calls, problem.fullCalls, found.weights) };
  return { ...found, plan };
}

function assertSizes(runs: number, calls: number): void {
  if (calls > MOST_CALLS) throw invalidArgument('response.calls', `at most ${MOST_CALLS}`, calls);
  if (runs > MOST_RUNS) throw invalidArgument('runs', `at most ${MOST_RUNS}`, runs);
}
