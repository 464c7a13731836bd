import { derivativeWeights } from './derivative-weights.js';

const rounded = (weights: readonly number[]) =>
  weights.map((weight) => Number(weight.toFixed(12)) + 0);

describe('derivativeWeights', () => {
  it('of order 0 interpolates', () => {
    expect(rounded(derivativeWeights([0, 1, 2], 3, 0))).toEqual([1, -3, 3]);
  });

  it('gives the central differences at equal spacing', () => {
    expect(rounded(derivativeWeights([-1, 0, 1], 0, 1))).toEqual([-0.5, 0, 0.5]);
    expect(rounded(derivativeWeights([-1, 0, 1], 0, 2))).toEqual([1, -2, 1]);
    expect(rounded(derivativeWeights([-2, -1, 0, 1, 2], 0, 1).map((w) => 12 * w))).toEqual([
      1, -8, 0, 8, -1,
    ]);
  });

  it('gives a one-sided difference at the end of a recording', () => {
    expect(rounded(derivativeWeights([0, 1, 2], 2, 1))).toEqual([0.5, -2, 1.5]);
  });

  it('differentiates s^3 exactly on four uneven positions', () => {
    const positions = [0, 1, 3, 7];
    const weights = derivativeWeights(positions, 5, 2);
    // (s^3)'' = 6 s = 30 at 5.
    expect(positions.reduce((sum, s, j) => sum + (weights[j] ?? NaN) * s ** 3, 0)).toBeCloseTo(
      30,
      9,
    );
  });
});
