import { invalidArgument } from '@forecache/core';
import { stepAt, type SamplerTimes } from './sampler-times.js';
import type { Solver, SolverRun, SolverStart } from './solver.js';
import { weightedSum } from './weighted-sum.js';

/**
 * Euler's method that goes further down than it should and adds fresh noise: at each step the image keeps the share
 * 1 - t, and the variance of the noise is t². `eta` is how much of the noise is fresh, 0 (plain Euler) to 1.
 * Ancestral sampling as in DDPM, arXiv 2006.11239, in the variables of a rectified flow.
 */
export function createEulerAncestralSolver(times: SamplerTimes, eta = 1): Solver {
  if (!(eta >= 0 && eta <= 1)) throw invalidArgument('eta', 'between 0 and 1', eta);
  return {
    name: 'euler-ancestral',
    steps: times.length - 1,
    timesteps: times.slice(0, -1),
    start: (start) => startAncestral(times, eta, start),
  };
}

function startAncestral(
  times: SamplerTimes,
  eta: number,
  { size, nextNoise }: SolverStart,
): SolverRun {
  const noise = new Float64Array(size);
  return {
    step(callIndex, v, x) {
      const [t, next] = stepAt(times, callIndex);
      const { down, share, fresh } = ancestralStep(t, next, eta);
      if (fresh > 0) nextNoise(noise);
      weightedSum(x, [share, share * (down - t), fresh], [x, v, noise]);
    },
  };
}

/**
 * Where Euler's step goes, what is kept of its end, and how much noise is added: share (1 - down) = 1 - next, and
 * (share · down)² + fresh² = next².
 */
function ancestralStep(t: number, next: number, eta: number) {
  const down = next * (1 + (next / t - 1) * eta);
  const share = (1 - next) / (1 - down);
  return { down, share, fresh: Math.sqrt(next ** 2 - (share * down) ** 2) };
}
