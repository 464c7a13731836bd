import { createEulerAncestralSolver } from './euler-ancestral-solver.js';
import { createEulerSolver } from './euler-solver.js';
import { createNormalSource } from './noise.js';
import { evenTimes, shiftedTimes } from './sampler-times.js';
import type { Solver } from './solver.js';

const SIZE = 20_000;

/** Variance of the samples before every call but the first, where every image is 0: v = x / t. */
function variances(solver: Solver): number[] {
  const normal = createNormalSource(3);
  const nextNoise = (target: Float64Array) => {
    for (let i = 0; i < target.length; i++) target[i] = normal.next();
  };
  const x = new Float64Array(SIZE);
  nextNoise(x);
  const run = solver.start({ size: SIZE, nextNoise });
  return solver.timesteps.map((t, callIndex) => {
    run.step(
      callIndex,
      x.map((value) => value / t),
      x,
    );
    return x.reduce((sum, value) => sum + value ** 2, 0) / SIZE;
  });
}

describe('euler-ancestral', () => {
  it.each([1, 0.5])('keeps the variance of the noise at t², with eta %d', (eta) => {
    const times = shiftedTimes(5, 2);
    const found = variances(createEulerAncestralSolver(times, eta));
    // standard error of a variance of 20,000 numbers: 1%
    found.slice(0, -1).forEach((variance, call) => {
      const expected = (times[call + 1] ?? NaN) ** 2;
      expect(Math.abs(variance / expected - 1)).toBeLessThan(0.04);
    });
    expect(found.at(-1)).toBeLessThan(1e-30);
  });

  it('keeps the share 1 - t of the image: without noise, means fall as they should', () => {
    // image 4: x = 4 (1 - t) where noise adds up to nothing, and then v = (x - 4) / t
    const times = evenTimes(4);
    const x = Float64Array.of(4 * (1 - 1));
    const run = createEulerAncestralSolver(times).start({
      size: 1,
      nextNoise: (target) => void target.fill(0),
    });
    times.slice(0, -1).forEach((t, call) => {
      run.step(call, Float64Array.of(((x[0] ?? NaN) - 4) / t), x);
      expect(x[0]).toBeCloseTo(4 * (1 - (times[call + 1] ?? NaN)), 12);
    });
  });

  it('with eta 0 is Euler, and asks for no noise', () => {
    const times = [0.9, 0.6, 0.2, 0];
    const nextNoise = () => {
      throw new Error('asked for noise');
    };
    const ends = [createEulerAncestralSolver(times, 0), createEulerSolver(times)].map((solver) => {
      const run = solver.start({ size: 1, nextNoise });
      const x = Float64Array.of(1.5);
      solver.timesteps.forEach((t, call) => run.step(call, Float64Array.of(Math.sin(9 * t)), x));
      return x[0] ?? NaN;
    });
    expect(ends[0]).toBeCloseTo(ends[1] ?? NaN, 14);
  });

  it.each([-0.1, 1.1, NaN])('refuses an eta of %d', (eta) =>
    expect(() => createEulerAncestralSolver([1, 0], eta)).toThrow(
      `eta must be between 0 and 1, got ${eta}`,
    ),
  );
});
