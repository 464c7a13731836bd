import { lineVariant } from '../../test/presets.js';
import { stretchVariant, type PresetVariant } from '../index.js';

function expectSame(actual: PresetVariant, expected: PresetVariant): void {
  expect(actual.fullCalls).toEqual(expected.fullCalls);
  expect(actual.weights).toHaveLength(expected.weights.length);
  actual.weights.forEach((weights, i) => {
    const wanted = expected.weights[i] ?? [];
    // A place that had one stored feature may read a second one with weight 0.
    weights.forEach((weight, j) => expect(weight).toBeCloseTo(wanted[j] ?? 0, 12));
    expect(weights.length).toBeGreaterThanOrEqual(wanted.length);
  });
}

describe('stretchVariant', () => {
  it('to the same number of calls changes nothing', () => {
    const variant = lineVariant([0, 2, 5], 9, { relativeError: 0.1, psnr: 30 });
    expect(stretchVariant(variant, { fromCalls: 9, toCalls: 9 })).toBe(variant);
  });

  it.each([
    // 8 intervals to 16 and 32: every place is a whole call.
    { calls: [9, 17], from: [0, 2, 4, 7], to: [0, 4, 8, 14] },
    { calls: [9, 33], from: [0, 2, 5, 8], to: [0, 8, 20, 32] },
    { calls: [17, 9], from: [0, 4, 8, 14], to: [0, 2, 4, 7] },
    // Neighbours drift apart: the line fills the gap.
    { calls: [9, 17], from: [0, 1, 2, 6], to: [0, 2, 4, 12] },
  ])('is exact for the line through two features: $from of $calls', ({ calls, from, to }) => {
    const [fromCalls = NaN, toCalls = NaN] = calls;
    const stretched = stretchVariant(lineVariant(from, fromCalls), { fromCalls, toCalls });
    expectSame(stretched, lineVariant(to, toCalls));
  });

  it('knows no error at the new number of calls', () => {
    const variant = lineVariant([0, 4], 9, { relativeError: 0.1, psnr: 30 });
    expect(stretchVariant(variant, { fromCalls: 9, toCalls: 17 })).toMatchObject({
      relativeError: null,
      psnr: null,
    });
  });

  it('puts weights on the lines between those that were fitted', () => {
    // One gap of three skipped calls at 1/4, 1/2 and 3/4; twice as many calls halve the distances.
    const weights = [[2], [4], [10], [1]];
    const variant = {
      fullCalls: [0, 4],
      weights: weights.slice(0, 3),
      relativeError: null,
      psnr: null,
    };
    const stretched = stretchVariant(variant, { fromCalls: 5, toCalls: 9 });
    // (1) at 0; 1.5 at 1/8; 2; 3; 4; 7; 10; and on, 13 at 7/8.
    expect(stretched.fullCalls).toEqual([0, 8]);
    expect(stretched.weights).toEqual([[1.5], [2], [3], [4], [7], [10], [13]]);
  });

  it('ends the last gap at the last call', () => {
    const variant = { fullCalls: [0], weights: [[3], [5]], relativeError: null, psnr: null };
    const stretched = stretchVariant(variant, { fromCalls: 3, toCalls: 5 });
    expect(stretched.weights).toEqual([[2], [3], [4], [5]]);
  });

  it('lets no two full calls meet, and none leave the run', () => {
    const variant = lineVariant([0, 1, 2, 3, 47, 48, 49], 50);
    for (const toCalls of [7, 8, 9, 10, 13, 25, 49, 51, 200]) {
      const { fullCalls, weights } = stretchVariant(variant, { fromCalls: 50, toCalls });
      expect(fullCalls).toHaveLength(7);
      expect(fullCalls[0]).toBe(0);
      expect(new Set(fullCalls).size).toBe(7);
      expect([...fullCalls].sort((a, b) => a - b)).toEqual(fullCalls);
      expect(fullCalls.at(-1)).toBeLessThan(toCalls);
      expect(weights).toHaveLength(toCalls - 7);
      expect(weights.flat().every(Number.isFinite)).toBe(true);
    }
    const { fullCalls } = stretchVariant(variant, { fromCalls: 50, toCalls: 7 });
    expect(fullCalls).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('of a single call reuses it', () => {
    const variant = { fullCalls: [0], weights: [], relativeError: null, psnr: null };
    expect(stretchVariant(variant, { fromCalls: 1, toCalls: 3 }).weights).toEqual([[1], [1]]);
  });

  it('refuses fewer calls than full calls', () => {
    const variant = lineVariant([0, 2, 5], 9);
    expect(() => stretchVariant(variant, { fromCalls: 9, toCalls: 2 })).toThrow(
      'calls must be at least the preset’s 3 full calls, got 2',
    );
  });
});
