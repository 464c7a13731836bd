import { stepAt, type SamplerTimes } from './sampler-times.js';
import type { Solver, SolverRun } from './solver.js';
import { weightedSum } from './weighted-sum.js';

/**
 * Adams–Bashforth 2 for steps of any length: the velocity's line through the newest two calls, one call a step. The first
 * step is Euler's. Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, section III.5.
 */
export function createAb2Solver(times: SamplerTimes): Solver {
  return {
    name: 'ab2',
    steps: times.length - 1,
    timesteps: times.slice(0, -1),
    start: ({ size }) => startAb2(times, size),
  };
}

function startAb2(times: SamplerTimes, size: number): SolverRun {
  const before = new Float64Array(size);
  return {
    step(callIndex, v, x) {
      const [t, next] = stepAt(times, callIndex);
      const h = next - t;
      const share = callIndex === 0 ? 0 : h / (2 * (t - (times[callIndex - 1] ?? NaN)));
      weightedSum(x, [1, h * (1 + share), -h * share], [x, v, before]);
      before.set(v);
    },
  };
}
