import { assertSamplerResponse } from '@forecache/cache-policy';
import { createNormalSource } from './noise.js';
import { sampleFlow } from './sample-flow.js';
import { samplerResponse } from './sampler-response.js';
import { evenTimes, shiftedTimes } from './sampler-times.js';
import { createSolver, SAMPLERS, type SamplerName } from './samplers.js';
import { createStepNoise } from './step-noise.js';

const TOLERANCE = 1e-12;
const IMAGES = 3;

/** Samples before every call and at the end, for given outputs; all noise of a seed is the same each time. */
function samplesOf(sampler: SamplerName, outputs: readonly Float64Array[]): number[][] {
  const solver = createSolver(sampler, shiftedTimes(7, 2.5));
  const nextNoise = createStepNoise([4, 5, 6], IMAGES);
  const run = solver.start({ size: IMAGES, nextNoise });
  const x = Float64Array.of(0.3, -2, 1.1);
  const samples = solver.timesteps.map((_, call) => {
    const before = Array.from(x);
    run.step(call, outputs[call] ?? x, x);
    return before;
  });
  return [...samples, Array.from(x)];
}

describe('samplerResponse', () => {
  it.each(SAMPLERS)('times outputs is what %s makes of them, before every call', (sampler) => {
    const solver = createSolver(sampler, shiftedTimes(7, 2.5));
    const normal = createNormalSource(2);
    const outputs = solver.timesteps.map(() => new Float64Array(IMAGES).map(() => normal.next()));
    const moved = samplesOf(sampler, outputs);
    const still = samplesOf(
      sampler,
      outputs.map(() => new Float64Array(IMAGES)),
    );
    const { rows } = samplerResponse(solver);
    assertSamplerResponse({ rows });
    rows.forEach((row, s) => {
      for (let image = 0; image < IMAGES; image++) {
        const sum = row.reduce((total, r, i) => total + r * (outputs[i]?.[image] ?? NaN), 0);
        const difference = (moved[s]?.[image] ?? NaN) - (still[s]?.[image] ?? NaN);
        expect(Math.abs(sum - difference)).toBeLessThan(TOLERANCE);
      }
    });
  });

  it('of Euler is the time between calls', () => {
    expect(samplerResponse(createSolver('euler', evenTimes(2))).rows).toEqual([
      [0, 0],
      [-0.5, 0],
      [-0.5, -0.5],
    ]);
  });

  it('predicts a run in single precision', async () => {
    const solver = createSolver('unipc', evenTimes(5));
    const outputs: Float32Array[] = [];
    const seen: number[] = [];
    const x = Float32Array.of(1.25, -0.5);
    await sampleFlow(
      {
        async call({ callIndex, x: joint }) {
          const plan = { callIndex, action: { kind: 'full' }, exceptions: [] } as const;
          return { velocity: joint.map((value) => Math.sin(value + callIndex)), plan };
        },
      },
      {
        solver,
        guidance: 1,
        x,
        seeds: [1, 2],
        signal: new AbortController().signal,
        onOutput(_, guided, sample) {
          outputs.push(guided);
          seen.push(sample[0] ?? NaN);
        },
      },
    );
    const { rows } = samplerResponse(solver);
    // Without outputs the sample stays where it began.
    [...seen, x[0] ?? NaN].forEach((value, s) => {
      const sum = (rows[s] ?? []).reduce((total, r, i) => total + r * (outputs[i]?.[0] ?? NaN), 0);
      expect(Math.abs(1.25 + sum - value)).toBeLessThan(1e-6);
    });
  });
});
