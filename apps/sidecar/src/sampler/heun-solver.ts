import { stepAt, type SamplerTimes } from './sampler-times.js';
import type { Solver, SolverRun } from './solver.js';
import { weightedSum } from './weighted-sum.js';

/**
 * Heun's method: an Euler step, then the same step again with the mean of the velocities at both of its ends. The last
 * step stays Euler's, because the network is not asked at t = 0. Makes 2 · steps - 1 calls; a correction sees the
 * timestep of the prediction that follows.
 * Source: EDM, arXiv 2206.00364, algorithm 1, without churn.
 */
export function createHeunSolver(times: SamplerTimes): Solver {
  const steps = times.length - 1;
  const timesteps = Array.from({ length: 2 * steps - 1 }, (_, call) => times[(call + 1) >> 1]);
  return {
    name: 'heun',
    steps,
    timesteps: timesteps.map((t) => t ?? NaN),
    start: ({ size }) => startHeun(times, size),
  };
}

function startHeun(times: SamplerTimes, size: number): SolverRun {
  const from = new Float64Array(size);
  const first = new Float64Array(size);
  return {
    step(callIndex, v, x) {
      const [t, next] = stepAt(times, callIndex >> 1);
      const h = next - t;
      if (callIndex % 2 === 1) return weightedSum(x, [1, h / 2, h / 2], [from, first, v]);
      from.set(x);
      first.set(v);
      weightedSum(x, [1, h], [x, v]);
    },
  };
}
