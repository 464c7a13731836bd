import { rankCorrelation } from './prediction-rank-correlation.js';

describe('rankCorrelation', () => {
  it('is 1 for the same order, however far values are apart', () => {
    expect(rankCorrelation([1, 2, 3, 4], [0.1, 5, 6, 1000])).toBe(1);
  });

  it('is -1 for the reverse order', () => {
    expect(rankCorrelation([1, 2, 3], [9, 8, -7])).toBe(-1);
  });

  it('is 0.5 where the last two of three change places', () => {
    // 1 - 6 Σ d² / (n (n² - 1)) = 1 - 6 · 2 / 24
    expect(rankCorrelation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
  });

  it('gives equal values the mean of their ranks', () => {
    // ranks 1.5, 1.5, 3 beside 1, 2, 3: 1.5 / √(1.5 · 2)
    expect(rankCorrelation([5, 5, 7], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
  });

  it('is NaN where nothing differs', () => {
    expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
    expect(rankCorrelation([], [])).toBeNaN();
  });

  it('refuses lists that differ in length, and values without an order', () => {
    expect(() => rankCorrelation([1, 2], [1])).toThrow(
      'b.length must be as many as in a (2), got 1',
    );
    expect(() => rankCorrelation([1, NaN], [1, 2])).toThrow(/^values must be finite numbers, got /);
  });
});
