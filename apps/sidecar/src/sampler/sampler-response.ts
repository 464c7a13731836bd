import type { SamplerResponse } from '@forecache/cache-policy';
import type { Solver } from './solver.js';

/**
 * How a solver carries outputs on to the sample: one run from x = 0 without noise, in which number i of output i is 1 and
 * all others are 0.
 */
export function samplerResponse(solver: Solver): SamplerResponse {
  const calls = solver.timesteps.length;
  const run = solver.start({ size: calls, nextNoise: (target) => void target.fill(0) });
  const x = new Float64Array(calls);
  const rows = solver.timesteps.map((_, callIndex) => {
    const row = Array.from(x);
    const output = new Float64Array(calls);
    output[callIndex] = 1;
    run.step(callIndex, output, x);
    return row;
  });
  return { rows: [...rows, Array.from(x)] };
}
