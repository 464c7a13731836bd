import { inMemorySampling, TINY, type RunDiary } from '../../test/in-memory-sampling.js';
import { inlineFloats } from '../sampler/local-caller.js';
import { fitMagCache } from './fit-magcache.js';

/** Float32 features, ratios in float64. */
const DIGITS = 6;

/** Rows of a block: shift, scale and gate of the attention, then those of the mlp. */
const ROWS_PER_BLOCK = 6;
const GATES = { attention: 2, mlp: 5 } as const;

/** The stack's residual of a call, token after token: the gated sum of what its branches answered. */
function residualOf(diary: RunDiary, callIndex: number): number[][] {
  const featureOf = (site: string) => {
    const found = diary.forwarded.find(
      (seen) => seen.site === site && seen.callIndex === callIndex,
    );
    if (found === undefined) throw new Error(`${site} was not computed in call ${callIndex}`);
    return inlineFloats(found.output);
  };
  const modulation = featureOf('modulation');
  const rows = TINY.depth * ROWS_PER_BLOCK + 2;
  const tokens = featureOf('blocks.0.mlp').length / TINY.width;
  return Array.from({ length: tokens }, (_, token) =>
    Array.from({ length: TINY.width }, (_, column) => {
      const sample = Math.floor(token / TINY.tokens);
      let sum = 0;
      for (let block = 0; block < TINY.depth; block++) {
        for (const kind of ['attention', 'mlp'] as const) {
          const row = sample * rows + block * ROWS_PER_BLOCK + GATES[kind];
          const gate = modulation[row * TINY.width + column] ?? NaN;
          const feature = featureOf(`blocks.${block}.${kind}`);
          sum += gate * (feature[token * TINY.width + column] ?? NaN);
        }
      }
      return sum;
    }),
  );
}

const length = (vector: readonly number[]) => Math.hypot(...vector);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('fitMagCache', () => {
  it('gives the mean growth of a token’s residual from call to call, 1 first', async () => {
    const sampling = await inMemorySampling({ steps: 3, labels: [4, 7], batch: 2 });
    const ratios = await fitMagCache(sampling);
    const [diary] = sampling.diaries;
    if (diary === undefined) throw new Error('no run');
    const residuals = [0, 1, 2].map((callIndex) => residualOf(diary, callIndex));
    const growth = (callIndex: number) =>
      mean(
        (residuals[callIndex] ?? []).map((vector, token) => {
          return length(vector) / length(residuals[callIndex - 1]?.[token] ?? []);
        }),
      );
    expect(ratios).toHaveLength(3);
    expect(ratios[0]).toBe(1);
    // Three tokens of two images, each with and without its class.
    expect(residuals[0]).toHaveLength(12);
    expect(ratios[1]).toBeCloseTo(growth(1), DIGITS);
    expect(ratios[2]).toBeCloseTo(growth(2), DIGITS);
    expect(ratios[1]).not.toBeCloseTo(1, 3);
  });

  it('counts every image once, whatever the batch size', async () => {
    const labels = [0, 1, 2];
    const [apart, uneven, together] = await Promise.all(
      [1, 2, 3].map(async (batch) => fitMagCache(await inMemorySampling({ labels, batch }))),
    );
    for (const ratios of [uneven, together]) {
      expect(ratios).toHaveLength(6);
      ratios?.forEach((ratio, i) => expect(ratio).toBeCloseTo(apart?.[i] ?? NaN, DIGITS));
    }
  });

  it('of a run of one call is 1', async () => {
    expect(await fitMagCache(await inMemorySampling({ steps: 1 }))).toEqual([1]);
  });

  it('computes every call in full', async () => {
    const sampling = await inMemorySampling({ steps: 4, labels: [0], batch: 1 });
    await fitMagCache(sampling);
    const sites = ['embed', 'modulation', 'head'];
    const every = [
      ...sites,
      'blocks.0.attention',
      'blocks.0.mlp',
      'blocks.1.attention',
      'blocks.1.mlp',
    ];
    const counted = every.map((site) => {
      return sampling.diaries[0]?.forwarded.filter((seen) => seen.site === site).length;
    });
    expect(counted).toEqual(every.map(() => 4));
  });
});
