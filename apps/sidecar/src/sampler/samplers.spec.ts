import { evenTimes, type SamplerTimes } from './sampler-times.js';
import { createSolver, parseSampler, SAMPLERS, type SamplerName } from './samplers.js';

/** Solves dx/dt = velocity(x, t) from `start` at t = times[0]; answers the sample after every call. */
function solve(
  sampler: SamplerName,
  { times, start }: { readonly times: SamplerTimes; readonly start: readonly number[] },
  velocity: (x: number, t: number) => number,
): number[][] {
  const solver = createSolver(sampler, times);
  const run = solver.start({ size: start.length, nextNoise: (target) => void target.fill(0) });
  const x = Float64Array.from(start);
  return solver.timesteps.map((t, callIndex) => {
    const v = x.map((value) => velocity(value, t));
    run.step(callIndex, v, x);
    return Array.from(x);
  });
}

/**
 * Samples of Diffusers 0.42.1 and torch 2.13.0 in float64, after the middle call and after the last, from x = [0.7, -1.3]
 * with v = x cos 2t + sin 3t. Made by setting `scheduler.sigmas` to these times after `set_timesteps(6)`, and calling
 * `step` with v at the sigma of each call; schedulers were kept from rounding samples to float32. The schedulers:
 * FlowMatchEulerDiscrete, FlowMatchHeunDiscrete, and with use_flow_sigmas, prediction_type flow_prediction and
 * solver_order 2 DPMSolverMultistep (dpmsolver++) and UniPCMultistep (bh2).
 */
const DIFFUSERS_TIMES = [0.97, 0.9, 0.71, 0.5, 0.33, 0.12, 0];
const DIFFUSERS = [
  ['euler', [0.241055255086, -1.64022809656], [-0.019745974308, -1.406022815888]],
  ['heun', [0.351704971906, -1.558196196146], [-0.01199403628, -1.265704694383]],
  ['dpmpp-2m', [0.145276378468, -1.601751092368], [-0.060900036572, -1.26683000958]],
  ['unipc', [0.125088467822, -1.573102885002], [-0.06102474844, -1.234762160033]],
] as const;

/** Twelve digits were written down. */
const GOLDEN_TOLERANCE = 1e-11;

describe.each(DIFFUSERS)('%s', (sampler, middle, last) => {
  it('does what the scheduler of Diffusers does', () => {
    const run = { times: DIFFUSERS_TIMES, start: [0.7, -1.3] };
    const seen = solve(sampler, run, (x, t) => x * Math.cos(2 * t) + Math.sin(3 * t));
    expect(distance(seen[seen.length >> 1], middle)).toBeLessThan(GOLDEN_TOLERANCE);
    expect(distance(seen.at(-1), last)).toBeLessThan(GOLDEN_TOLERANCE);
  });
});

function distance(values: readonly number[] | undefined, golden: readonly number[]): number {
  return Math.max(...golden.map((value, i) => Math.abs(value - (values?.[i] ?? NaN))));
}

/** Images spread normally about 0.5 with deviation 0.6: x_t has mean (1 - t) / 2 and variance 0.36 (1 - t)² + t². */
function normalVelocity(x: number, t: number): number {
  const variance = 0.36 * (1 - t) ** 2 + t ** 2;
  const variancePerTime = -0.72 * (1 - t) + 2 * t;
  return -0.5 + ((x - (1 - t) / 2) * variancePerTime) / (2 * variance);
}

/** How far from the image 0.5 + 0.6 · noise a sampler with so many steps ends. */
function errorAfter(sampler: SamplerName, steps: number): number {
  const run = { times: evenTimes(steps), start: [1.7] };
  const end = solve(sampler, run, normalVelocity).at(-1)?.[0] ?? NaN;
  return Math.abs(end - (0.5 + 0.6 * 1.7));
}

describe('the order of accuracy', () => {
  it.each([
    ['euler', 1, 0],
    ['heun', 2, 0],
    ['ab2', 2, 0],
    // Before t = 0, steps in λ do not become smaller with their number: the error is log n / n².
    ['dpmpp-2m', 2, 1],
    ['unipc', 2, 0],
  ] as const)(
    'of %s is %i: half the step, 2^order times less error, but for log n to the power of %i',
    (sampler, order, logarithms) => {
      const lost = logarithms * Math.log2(Math.log(320) / Math.log(160));
      const found = Math.log2(errorAfter(sampler, 160) / errorAfter(sampler, 320));
      expect(Math.abs(found - (order - lost))).toBeLessThan(0.1);
    },
  );
});

describe('every sampler', () => {
  // Fresh noise leaves the line.
  const withoutNoise = SAMPLERS.filter((sampler) => sampler !== 'euler-ancestral');
  it.each(withoutNoise)('%s walks a straight line exactly, however few its steps', (sampler) => {
    // the image is 2 and the noise 5: v = 3
    for (const times of [evenTimes(1), evenTimes(2), [0.9, 0.3, 0.1, 0]]) {
      const start = [2 + 3 * (times[0] ?? NaN)];
      const end = solve(sampler, { times, start }, () => 3).at(-1)?.[0];
      expect(end).toBeCloseTo(2, 12);
    }
  });

  it.each(SAMPLERS)('%s has as many timesteps as calls, none at 0', (sampler) => {
    const { timesteps, steps, name } = createSolver(sampler, evenTimes(4));
    const heun = [1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25];
    expect(timesteps).toEqual(sampler === 'heun' ? heun : [1, 0.75, 0.5, 0.25]);
    expect([steps, name]).toEqual([4, sampler]);
  });

  it('is found by its name', () => expect(SAMPLERS.map(parseSampler)).toEqual(SAMPLERS));

  it('is refused with another name', () =>
    expect(() => parseSampler('ddim')).toThrow(
      'sampler must be one of euler, heun, ab2, dpmpp-2m, unipc, euler-ancestral, got "ddim"',
    ));

  it('is refused with times that rise', () =>
    expect(() => createSolver('ab2', [0.5, 0.7, 0])).toThrow(
      'times[1] must be below times[0] (0.5), got 0.7',
    ));
});
