import { createAxis, createLogAxis } from './axis.js';

const pixels = { from: 400, to: 0 };

describe('createLogAxis', () => {
  it('puts equal ratios at equal distances, between round numbers', () => {
    const axis = createLogAxis([4.3, 8.6, 20.5], pixels);
    expect(axis.ticks).toEqual([3, 5, 7, 10, 15, 20, 30]);
    // 3 to 6 and 6 to 12 are both a doubling.
    const [low, middle, high] = [3, 6, 12].map(axis.toPixel);
    expect((low ?? NaN) - (middle ?? NaN)).toBeCloseTo((middle ?? NaN) - (high ?? NaN), 9);
    expect(axis.toPixel(3)).toBe(400);
    expect(axis.toPixel(30)).toBeCloseTo(0, 9);
  });

  it.each([
    [0.02, 0.5],
    [1, 1],
    [1000, 3e6],
  ])('holds %d to %d', (low, high) => {
    const { ticks } = createLogAxis([low, high], pixels);
    expect(ticks[0]).toBeLessThanOrEqual(low);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
    expect(ticks.length).toBeGreaterThan(1);
  });

  it('of values that have no logarithm, or of none, is the linear axis', () => {
    for (const values of [[], [0, 1], [-1, 2], [NaN]]) {
      expect(createLogAxis(values, pixels).ticks).toEqual(createAxis(values, pixels).ticks);
    }
  });
});
