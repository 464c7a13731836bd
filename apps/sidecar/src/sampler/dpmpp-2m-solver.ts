import { dataStep } from './data-prediction.js';
import type { SamplerTimes } from './sampler-times.js';
import type { Solver, SolverRun } from './solver.js';
import { weightedSum } from './weighted-sum.js';

/**
 * DPM-Solver++(2M): the line through the newest two predicted images, in λ. First and last step of first order.
 * Source: Lu et al., arXiv 2211.01095, algorithm 2, with α = 1 - t and σ = t.
 */
export function createDpmpp2mSolver(times: SamplerTimes): Solver {
  return {
    name: 'dpmpp-2m',
    steps: times.length - 1,
    timesteps: times.slice(0, -1),
    start: ({ size }) => startDpmpp2m(times, size),
  };
}

function startDpmpp2m(times: SamplerTimes, size: number): SolverRun {
  let newest = new Float64Array(size);
  let before = new Float64Array(size);
  return {
    step(callIndex, v, x) {
      [newest, before] = [before, newest];
      weightedSum(newest, [1, -(times[callIndex] ?? NaN)], [x, v]);
      const { ratio, tilt } = dataStep(times, callIndex);
      const weights = [ratio, (1 - ratio) * (1 + tilt), -(1 - ratio) * tilt];
      weightedSum(x, weights, [x, newest, before]);
    },
  };
}
