import {
  fiftySteps,
  forecast,
  full,
  runTeraFlops,
  taylorSeerFullCalls,
  tokenwise,
  type Walk,
} from '../test/authors-runs.js';
import { callFlops, fullCallFlops, layerTable, publishedFlops } from './index.js';

const TERA = 1e12;

describe('FLUX.1-dev, paper Table 1', () => {
  const table = layerTable('flux.1-dev');
  const DOUBLE_BLOCKS = 19;
  const withProjection = tokenwise(0.1, DOUBLE_BLOCKS, 'projection');
  const withoutProjection = tokenwise(0.1, DOUBLE_BLOCKS, 'none');

  it('is 74.392 T a full call and 0.0227 T a forecast call, printed as 74.39 and 0.02271', () => {
    expect(fullCallFlops(table) / TERA).toBeCloseTo(74.39223, 5);
    expect(callFlops(table, forecast) / TERA).toBeCloseTo(0.022714, 6);
    expect(publishedFlops(table, fullCallFlops(table))).toBe(74.39 * TERA);
    expect(publishedFlops(table, callFlops(table, forecast))).toBeCloseTo(0.02271 * TERA, 0);
  });

  it('is 74.362 T in the matrix products of its blocks: 24 n D² + 4 n² D each', () => {
    const [n, D] = [4096 + 512, 3072];
    const products = 57 * (24 * n * D ** 2 + 4 * n ** 2 * D);
    expect(products / TERA).toBeCloseTo(74.362, 3);
    // LayerNorm and GELU: 8 n D + 4 n D in a double block, 4 n D + 4 n D in a single one.
    const rest = (19 * 12 + 38 * 8) * n * D;
    const sites = fullCallFlops(table) - callFlops(table, forecast);
    expect(sites).toBe(products + rest);
  });

  it.each([
    [50, 3719.5],
    [30, 2231.7],
    [25, 1859.75],
    [20, 1487.8],
    [17, 1264.63],
  ])('%i steps are %f T', (steps, published) => {
    expect(runTeraFlops(table, [[steps, full]])).toBeCloseTo(published, 2);
  });

  // The row of N=4 follows from a warm-up of 1, the others from the released 3.
  it.each([
    { interval: 4, warmup: 1, count: 13, published: 967.91 },
    { interval: 5, warmup: 3, count: 12, published: 893.54 },
    { interval: 6, warmup: 3, count: 10, published: 744.81 },
  ])(
    'TaylorSeer N=$interval, warm-up $warmup: $count full calls are $published T',
    ({ interval, warmup, count, published }) => {
      expect(taylorSeerFullCalls(50, interval, warmup)).toBe(count);
      expect(fiftySteps(table, count, forecast)).toBeCloseTo(published, 2);
    },
  );

  it('N=3 of FORA and TaylorSeer is 17 full calls and 33 that project the attention again', () => {
    const projected = tokenwise(0, DOUBLE_BLOCKS, 'projection');
    expect(fiftySteps(table, 17, projected)).toBeCloseTo(1320.07, 2);
  });

  // ToCa's repository projects the attention again; N=8 follows from TaylorSeer's, which does not.
  it.each([
    { row: 'N=4 (ToCa README)', count: 14, walk: withProjection, published: 1263.22 },
    { row: 'N=5', count: 12, walk: withProjection, published: 1126.76 },
    { row: 'N=6 (ToCa README)', count: 10, walk: withProjection, published: 990.3 },
    { row: 'N=8', count: 8, walk: withoutProjection, published: 784.54 },
  ])('ToCa $row: $count full calls, the others tokenwise', ({ count, walk, published }) => {
    expect(fiftySteps(table, count, walk)).toBeCloseTo(published, 2);
  });

  // DuCa's FLUX code is not released; these counts give its rows.
  it.each([
    { interval: 5, counts: [13, 18, 19], partial: withProjection, published: 1078.34 },
    { interval: 6, counts: [10, 16, 24], partial: withoutProjection, published: 816.55 },
  ] as const)(
    'DuCa N=$interval is $counts full, tokenwise and double-modulation calls',
    ({ counts, partial, published }) => {
      const aggressive: Walk = ({ kind }) => (kind === 'single' ? 'skip' : 'none');
      const calls = [
        [counts[0], full],
        [counts[1], partial],
        [counts[2], aggressive],
      ] as const;
      expect(runTeraFlops(table, calls)).toBeCloseTo(published, 2);
    },
  );

  // A call without single blocks prints 24.81 T.
  it.each([
    [25, 2480.0, 2480.01],
    [9, 1686.72, 1686.76],
  ])('Δ-DiT with %i full calls is %f T; the paper has %f', (count, teraFlops, published) => {
    const withoutSingles: Walk = ({ kind }) => (kind === 'single' ? 'none' : 'full');
    expect(fiftySteps(table, count, withoutSingles)).toBeCloseTo(teraFlops, 2);
    expect(published - teraFlops).toBeLessThan(0.05);
  });
});

describe('HunyuanVideo, paper Table 2', () => {
  const table = layerTable('hunyuan-video');
  const partial = tokenwise(0.1, 20, 'none');

  it('is 595.46 T a full call and 0.1458 T a forecast call', () => {
    expect(fullCallFlops(table) / TERA).toBeCloseTo(595.4625, 4);
    expect(callFlops(table, forecast) / TERA).toBeCloseTo(0.14582, 5);
  });

  it('is 12068.8 T a full call at 720 × 1280 × 129', () => {
    const large = layerTable('hunyuan-video', { height: 720, width: 1280, frames: 129 });
    expect(fullCallFlops(large) / TERA).toBeCloseTo(12_068.797, 3);
    expect(publishedFlops(large, fullCallFlops(large))).toBe(12_068.8 * TERA);
  });

  // The row of N=5 counts the forecast calls, that of N=6 does not, and that of N=3 has 50/3 full calls.
  it.each([
    { row: '50 steps', counts: [50, 0], published: 29_773.0 },
    { row: '22 % steps', counts: [11, 0], published: 6550.1 },
    { row: 'TaylorSeer N=5', counts: [10, 40], published: 5960.4 },
    { row: 'TaylorSeer N=6', counts: [9, 0], published: 5359.1 },
    { row: 'TaylorSeer N=3', counts: [50 / 3, 100 / 3], published: 9929.2 },
  ] as const)('$row: $counts full and counted forecast calls', ({ counts, published }) => {
    const calls = [
      [counts[0], full],
      [counts[1], forecast],
    ] as const;
    expect(runTeraFlops(table, calls)).toBeCloseTo(published, 1);
  });

  it('ToCa N=5 is 10 full calls and 40 tokenwise ones that compute q, k, v unused', () => {
    expect(fiftySteps(table, 10, partial)).toBeCloseTo(7006.2, 1);
  });

  it('DuCa N=5 bypasses every block in half of those', () => {
    const aggressive: Walk = () => 'skip';
    const calls = [
      [10, full],
      [20, partial],
      [20, aggressive],
    ] as const;
    expect(runTeraFlops(table, calls)).toBeCloseTo(6483.2, 1);
  });
});

describe('HiDream-I1-Full, paper Table 5', () => {
  const table = layerTable('hidream-i1-full');

  it('is 7780.0 T in 50 steps', () => {
    expect(fullCallFlops(table) / TERA).toBeCloseTo(155.599, 3);
    expect(runTeraFlops(table, [[50, full]])).toBeCloseTo(7780.0, 1);
  });

  it('has 13 full calls at N=4, which is more than the printed 7780 / 4 = 1945.0', () => {
    expect(taylorSeerFullCalls(50, 4, 1)).toBe(13);
    expect(fiftySteps(table, 13, forecast)).toBeCloseTo(2033.1, 1);
  });
});
