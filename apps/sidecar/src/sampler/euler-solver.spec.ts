import { createEulerSolver } from './euler-solver.js';
import { evenTimes } from './sampler-times.js';

/** The sample after every call where v = sin 7t. */
function walk(times: readonly number[]): number[] {
  const solver = createEulerSolver(times);
  const run = solver.start({ size: 1, nextNoise: () => undefined });
  const x = Float64Array.of(0.3);
  return solver.timesteps.map((t, call) => {
    run.step(call, Float64Array.of(Math.sin(7 * t)), x);
    return x[0] ?? NaN;
  });
}

describe('euler', () => {
  it('divides by the number of even steps, to the last bit', () => {
    // 1 - (1 - 1/49) is another double than 1/49: images of a seed would change
    let x = 0.3;
    const expected = Array.from(
      { length: 49 },
      (_, call) => (x -= Math.sin(7 * (1 - call / 49)) / 49),
    );
    expect(walk(evenTimes(49))).toEqual(expected);
  });

  it('steps as far as uneven times lie apart', () => {
    const [first, second] = walk([0.75, 0.25, 0]);
    expect(first).toBeCloseTo(0.3 - 0.5 * Math.sin(5.25), 15);
    expect(second).toBeCloseTo((first ?? NaN) - 0.25 * Math.sin(1.75), 15);
  });
});
