import { evenTimes, stepAt, timestepsOf, type SamplerTimes } from './sampler-times.js';
import type { Solver } from './solver.js';
import type { Samples } from './weighted-sum.js';

/** Euler's method: one straight step a call. */
export function createEulerSolver(times: SamplerTimes): Solver {
  const divisors = stepDivisors(times);
  return {
    name: 'euler',
    steps: divisors.length,
    timesteps: times.slice(0, -1),
    start: () => ({ step: (callIndex, v, x) => stepEuler(x, v, divisors[callIndex] ?? NaN) }),
  };
}

/**
 * Steps are 1 / divisor long. Even ones are divided by their number, because their differences are not equal to the last
 * bit: images of a seed stay the same from version to version.
 */
function stepDivisors(times: SamplerTimes): readonly number[] {
  const steps = times.length - 1;
  const even = evenTimes(steps);
  if (times.every((t, i) => t === even[i])) return timestepsOf(steps).map(() => steps);
  return times.slice(0, -1).map((_, step) => {
    const [from, to] = stepAt(times, step);
    return 1 / (from - to);
  });
}

function stepEuler(x: Samples, v: Samples, divisor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? NaN) - (v[i] ?? NaN) / divisor;
}
