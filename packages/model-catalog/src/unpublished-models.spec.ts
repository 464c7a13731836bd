import { callFlops, fullCallFlops, layerTable } from './index.js';

const TERA = 1e12;

describe.each([
  { model: 'wan2.1-t2v-1.3b', blocks: 30, D: 1536, hidden: 8960, weights: 1.3e9 },
  { model: 'wan2.1-t2v-14b', blocks: 40, D: 5120, hidden: 13_824, weights: 14e9 },
])('$model', ({ model, blocks, D, hidden, weights }) => {
  const table = layerTable(model);
  const n = 32_760;
  const text = 512;

  it('has the weights of its name in its blocks', () => {
    // q, k, v and o of two attentions, and two MLP products; the rest is embedders.
    const inBlocks = blocks * (8 * D ** 2 + 2 * D * hidden);
    expect(inBlocks / weights).toBeGreaterThan(0.95);
    expect(inBlocks / weights).toBeLessThan(1.1);
  });

  it('is its matrix products, norms and GELU, once a branch', () => {
    const perToken = 2 * (6 * D ** 2 + 2 * D * hidden) + 13 * D + hidden;
    const attention = 4 * n ** 2 * D + 4 * n * text * D;
    const prompt = 4 * text * D ** 2;
    const sites = fullCallFlops(table) - callFlops(table, () => 'none');
    expect(sites).toBe(blocks * (n * perToken + attention + prompt));
    expect(table.branches).toBe(2);
  });
});

describe('hidream-i1-full', () => {
  it('pads an image that is not square to 4096 tokens', () => {
    const wide = layerTable('hidream-i1-full', { height: 768, width: 1360 });
    expect(fullCallFlops(wide)).toBe(fullCallFlops(layerTable('hidream-i1-full')));
    const small = layerTable('hidream-i1-full', { height: 512, width: 512 });
    expect(small.sites[0]?.tokens).toBe(32 * 32);
  });

  it('works on three text tokens for each one of an encoder', () => {
    const { sites } = layerTable('hidream-i1-full');
    expect(sites[1]).toMatchObject({ stream: 'text', tokens: 384 });
    expect(sites[16 * 4]).toMatchObject({ stream: 'joint', tokens: 4480 });
  });
});

describe('framepack', () => {
  const table = layerTable('framepack');

  it('is HunyuanVideo on the tokens of a section, its history, the start image and the prompt', () => {
    const [n, D] = [17_500 + 729 + 512, 3072];
    const products = 60 * (24 * n * D ** 2 + 4 * n ** 2 * D);
    const rest = (20 * 12 + 40 * 8) * n * D;
    expect(fullCallFlops(table) - callFlops(table, () => 'none')).toBe(products + rest);
    expect(fullCallFlops(table) / TERA).toBeCloseTo(513.997, 3);
  });

  it('returns the section only', () => {
    expect(table.hidden.tokens).toBe(9 * 40 * 38);
    expect(table.output.numbersPerSample).toBe(16 * 9 * 80 * 76);
  });
});
