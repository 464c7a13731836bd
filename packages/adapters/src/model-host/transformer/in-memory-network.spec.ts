import { createInMemoryNetwork } from './in-memory-network.js';
import { gatherRows } from '../tokens/token-rows.js';
import type { BranchRequest, TokenMeasure } from './transformer-network.js';

const sizes = { tokens: 5, width: 3 };
const network = createInMemoryNetwork(sizes);
const wave = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i + phase));
const request: BranchRequest = {
  batch: 2,
  hidden: wave(2 * 5 * 3, 0),
  shift: wave(2 * 3, 1),
  scale: wave(2 * 3, 2),
  chosen: null,
  measure: null,
};
const chosen = { count: 2, indices: Int32Array.of(0, 4, 1, 3) };

describe('the in-memory network', () => {
  it.each(['blocks.0.attention', 'blocks.1.mlp'])(
    '%s of chosen tokens is exactly those rows of the whole',
    async (site) => {
      const whole = await network.branch(site, request);
      const partial = await network.branch(site, { ...request, chosen });
      expect(partial.branch).toEqual(gatherRows(whole.branch, chosen, sizes));
      expect(partial.branch).toHaveLength(2 * 2 * 3);
      expect(whole.measured).toBeNull();
    },
  );

  it('measures an influence that sums to 1 over the tokens of each sample', async () => {
    const measured = await measure('influence');
    expect(measured).toHaveLength(10);
    for (const sample of [0, 1]) {
      const sum = measured.slice(sample * 5, sample * 5 + 5).reduce((total, one) => total + one, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
    expect(new Set(measured).size).toBe(10);
  });

  it('measures value norms that grow with the input', async () => {
    const norms = await measure('value-norm');
    expect(norms.every((norm) => norm > 0)).toBe(true);
    expect(new Set(norms).size).toBe(10);
  });

  it('ends its description with output and change, both of the type of the image', () => {
    const { sites, input } = network.description;
    expect(sites.slice(-2)).toEqual(
      (['output', 'change'] as const).map((kind) => {
        const composed = { block: 0, input: null, flops: 0, isForwardable: false };
        return { name: kind, kind, output: input, ...composed };
      }),
    );
  });
});

async function measure(kind: TokenMeasure): Promise<readonly number[]> {
  const { measured } = await network.branch('blocks.0.attention', { ...request, measure: kind });
  return [...(measured ?? [])];
}
