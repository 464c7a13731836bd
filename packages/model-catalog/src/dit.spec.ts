import {
  ditTokenwiseWalks,
  fiftySteps,
  forecast,
  full,
  runTeraFlops,
  taylorSeerFullCalls,
  type Walk,
} from '../test/authors-runs.js';
import { callFlops, fullCallFlops, layerTable } from './index.js';

const table = layerTable('dit-xl-2-256');

describe('dit-xl-2-256', () => {
  it("counts one image with guidance as the authors' counter does", () => {
    expect(table.batch).toBe(2);
    expect(fullCallFlops(table)).toBe(474_705_624_064);
    expect(callFlops(table, forecast)).toBe(445_971_456);
    expect(runTeraFlops(table, [[50, full]])).toBeCloseTo(23.73528, 5);
  });

  it('costs a forecast call the modulations and nothing else', () => {
    // 28 blocks, 2 samples: C + 6 C² with C = 1152.
    expect(callFlops(table, forecast)).toBe(28 * 2 * (1152 + 6 * 1152 ** 2));
  });

  // Paper, Tables 3 and 4, in TFLOPs; the released warm-up is 2.
  it.each([
    [3, 18, 8.55897],
    [4, 14, 6.66193],
    [5, 11, 5.23915],
    [6, 10, 4.7649],
    [7, 8, 3.81638],
  ])('TaylorSeer N=%i: %i full calls of 50 are %f T', (interval, count, teraFlops) => {
    expect(taylorSeerFullCalls(50, interval, 2)).toBe(count);
    expect(fiftySteps(table, count, forecast)).toBeCloseTo(teraFlops, 5);
  });

  // Half of the blocks are bypassed in every other call: which half does not matter.
  it.each([
    [2, 26, 18.039],
    [3, 18, 16.14],
  ])('Δ-DiT N=%i: %i full calls of 50 are %f T', (_interval, count, teraFlops) => {
    const halfSkipped: Walk = ({ block }) => (block < 14 ? 'skip' : 'full');
    expect(fiftySteps(table, count, halfSkipped)).toBeCloseTo(teraFlops, 3);
  });

  // The released defaults at N=3; the paper's rows at other intervals do not follow from them.
  it.each([
    { method: 'ToCa', evenPhase: 'tokenwise', ratio: 0.07, teraFlops: 10.2328 },
    { method: 'DuCa', evenPhase: 'skip', ratio: 0.05, teraFlops: 9.575 },
  ] as const)('$method N=3 is the published total', ({ evenPhase, ratio, teraFlops }) => {
    const walks = ditTokenwiseWalks({ interval: 3, ratio, evenPhase });
    const calls = walks.map((walk) => [1, walk] as const);
    expect(runTeraFlops(table, calls)).toBeCloseTo(teraFlops, 4);
  });
});

describe('dit-xl-2-512', () => {
  it('has four times the tokens, and so more than four times the FLOPs', () => {
    const large = layerTable('dit-xl-2-512');
    expect(large.sites[0]).toMatchObject({ tokens: 4 * 256, width: 1152 });
    expect(fullCallFlops(large)).toBeGreaterThan(4 * fullCallFlops(table));
    expect(callFlops(large, forecast)).toBe(callFlops(table, forecast));
  });
});
