import { createPolicy } from '@forecache/cache-policy';
import { relativeL1 } from '@forecache/core';
import { inMemorySampling } from '../../test/in-memory-sampling.js';
import { inlineFloats } from '../sampler/local-caller.js';
import { fitTeaCache } from './fit-teacache.js';

/** Float32 features, sums in float64. */
const DIGITS = 6;

describe('fitTeaCache', () => {
  it('takes its points from the probes: every call of every run but the first', async () => {
    const sampling = await inMemorySampling({ steps: 5, labels: [0, 1, 2], batch: 2 });
    const { points } = await fitTeaCache(sampling);
    const measured = sampling.diaries.flatMap(({ measured: calls }) => {
      return calls.slice(1).map((scalars) => scalars['modulated-input-change']);
    });
    expect(points.inputChanges).toHaveLength(2 * 4);
    expect(points.inputChanges).toEqual(measured);
  });

  it('relates them to the relative L1 change of the output', async () => {
    const sampling = await inMemorySampling({ steps: 5, labels: [0, 1, 2], batch: 2 });
    const { points } = await fitTeaCache(sampling);
    const changes = sampling.diaries.flatMap(({ called }) => {
      const outputs = called.map(({ output }) => inlineFloats(output));
      return outputs.slice(1).map((output, i) => relativeL1(output, outputs[i] ?? output));
    });
    expect(points.outputChanges).toHaveLength(changes.length);
    points.outputChanges.forEach((change, i) => {
      expect(change).toBeCloseTo(changes[i] ?? NaN, DIGITS);
    });
  });

  it('predicts the change of whole runs: errors of least squares with a constant cancel', async () => {
    const { points, coefficients } = await fitTeaCache(await inMemorySampling({ steps: 12 }));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const predicted = points.inputChanges.map((change) => {
      return coefficients.reduce((value, coefficient) => value * change + coefficient, 0);
    });
    expect(coefficients).toHaveLength(5);
    expect(sum(predicted)).toBeCloseTo(sum(points.outputChanges), DIGITS);
  });

  it('gives coefficients that --option coefficients= takes, highest power first', async () => {
    const { coefficients, points } = await fitTeaCache(await inMemorySampling({ steps: 8 }));
    const change = points.inputChanges[3] ?? NaN;
    const powers = [change ** 4, change ** 3, change ** 2, change, 1];
    const added = powers.reduce((sum, power, i) => sum + power * (coefficients[i] ?? NaN), 0);
    const decideAt = (threshold: number) => {
      const options = { coefficients: coefficients.join(','), threshold: String(threshold) };
      const policy = createPolicy({ name: 'teacache', options });
      const scalars = { 'modulated-input-change': change };
      const run = { steps: 8, calls: 8 };
      return policy.decide({ run, branch: 'joint', callIndex: 1, fullCalls: [0], scalars });
    };
    expect(added).toBeGreaterThan(0);
    expect(decideAt(added * 1.001).kind).toBe('reuse');
    expect(decideAt(added * 0.999).kind).toBe('full');
  });

  it.each([
    [
      { steps: 5, labels: [0], batch: 1 },
      'steps must be an integer >= 6 to fit to (runs: 1), got 5',
    ],
    [
      { steps: 1, labels: [0, 1], batch: 1 },
      'steps must be an integer >= 4 to fit to (runs: 2), got 1',
    ],
  ])('asks for more steps where %j gives fewer points than coefficients', async (job, message) => {
    const sampling = await inMemorySampling(job);
    await expect(fitTeaCache(sampling)).rejects.toThrow(message);
    expect(sampling.diaries).toEqual([]);
  });

  it('is content with one point a coefficient', async () => {
    const { points } = await fitTeaCache(
      await inMemorySampling({ steps: 6, labels: [0], batch: 1 }),
    );
    expect(points.inputChanges).toHaveLength(5);
  });
});
