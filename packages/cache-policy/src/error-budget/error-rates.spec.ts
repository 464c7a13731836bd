import { errorRates, predictError, withTrend } from './error-rates.js';

/** Inner products of features of one element. */
const gramOf = (features: readonly number[]) => ({
  products: features.map((left) => features.map((right) => left * right)),
});

const rates = (...entries: readonly (readonly [number, number])[]) => new Map(entries);

describe('errorRates', () => {
  it('knows by how much each order misses t², from calls 4, 2, 1 and 0', () => {
    // Order 1: 4 + 2·3 = 10 instead of 16 is off by 6 over the distances 2·3; order 2 is exact.
    const found = errorRates([4, 2, 1, 0], gramOf([16, 4, 1, 0]));
    expect([...found.keys()]).toEqual([1, 2]);
    expect(found.get(1)).toBeCloseTo(1 / 16, 12);
    expect(found.get(2)).toBeCloseTo(0, 6);
  });

  it('has the orders that the features reach', () => {
    expect([...errorRates([0], gramOf([5]))]).toEqual([]);
    expect([...errorRates([1, 0], gramOf([4, 5]))]).toEqual([]);
    // 5 - 1 = 4 and 4 - 1 = 3 instead of 8: off by 5 over 1·2.
    expect([...errorRates([2, 1, 0], gramOf([8, 4, 5]))]).toEqual([[1, 5 / 16]]);
  });

  it('knows nothing of a feature of zeros', () => {
    expect([...errorRates([2, 1, 0], gramOf([0, 0, 0]))]).toEqual([[1, NaN]]);
  });
});

describe('withTrend', () => {
  it('lets what grew grow on, at most threefold, and what fell be', () => {
    expect([...withTrend(rates([1, 2], [2, 10]), rates([1, 1], [2, 1]))]).toEqual([
      [1, 4],
      [2, 30],
    ]);
    expect([...withTrend(rates([1, 2]), rates([1, 8]))]).toEqual([[1, 2]]);
  });

  it('has no trend where nothing was known before', () => {
    expect([...withTrend(rates([1, 2]), rates())]).toEqual([[1, 2]]);
    expect([...withTrend(rates([1, 2]), rates([1, NaN]))]).toEqual([[1, 2]]);
    expect([...withTrend(rates([1, 2], [2, 0]), rates([1, 0], [2, 0]))]).toEqual([
      [1, 6],
      [2, 0],
    ]);
  });
});

describe('predictError', () => {
  it('is the rate times the distances, of the order with the least', () => {
    // At call 6 from 4, 2, 1: 0.05·2·4 = 0.4; 0.02·2·4·5 = 0.8. With order 2 at 0.005: 0.2.
    expect(predictError(rates([1, 0.05], [2, 0.02]), [4, 2, 1], 6)).toEqual({
      order: 1,
      error: 0.4,
    });
    expect(predictError(rates([1, 0.05], [2, 0.005]), [4, 2, 1], 6)).toEqual({
      order: 2,
      error: 0.2,
    });
  });

  it('is what t² is really off by: a line through calls 4 and 2 misses call 6 by 8 of 16', () => {
    expect(predictError(rates([1, 1 / 16]), [4, 2], 6)).toEqual({ order: 1, error: 0.5 });
  });

  it('passes over an order of which nothing is known', () => {
    expect(predictError(rates([1, NaN], [2, 0.01]), [4, 2, 1], 6)).toEqual({
      order: 2,
      error: 0.4,
    });
    expect(predictError(rates(), [4], 6)).toEqual({ order: 0, error: Infinity });
  });
});
