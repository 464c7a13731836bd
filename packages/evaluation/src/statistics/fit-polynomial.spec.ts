import { fitPolynomial } from './fit-polynomial.js';

const TOLERANCE = 9;

describe('fitPolynomial', () => {
  it('finds the polynomial that made the points, highest power first', () => {
    // y = 2 x^2 - 3 x + 0.5, at small x as relative changes are.
    const xs = [0.001, 0.002, 0.01, 0.05, 0.1, 0.2];
    const ys = xs.map((x) => 2 * x * x - 3 * x + 0.5);
    const { coefficients, rSquared } = fitPolynomial(xs, ys, 2);
    expect(coefficients).toHaveLength(3);
    expect(coefficients[0]).toBeCloseTo(2, TOLERANCE);
    expect(coefficients[1]).toBeCloseTo(-3, TOLERANCE);
    expect(coefficients[2]).toBeCloseTo(0.5, TOLERANCE);
    expect(rSquared).toBeCloseTo(1, TOLERANCE);
  });

  it('is the mean at degree 0, and explains nothing', () => {
    const { coefficients, rSquared } = fitPolynomial([1, 2, 3], [1, 2, 6], 0);
    expect(coefficients[0]).toBeCloseTo(3, TOLERANCE);
    expect(rSquared).toBeCloseTo(0, TOLERANCE);
  });

  it('minimises the squares where no line goes through all points', () => {
    // (0,0) (1,1) (2,1): slope 1/2, intercept 1/6.
    const { coefficients } = fitPolynomial([0, 1, 2], [0, 1, 1], 1);
    expect(coefficients[0]).toBeCloseTo(1 / 2, TOLERANCE);
    expect(coefficients[1]).toBeCloseTo(1 / 6, TOLERANCE);
  });

  it.each([
    [{ xs: [1, 2], ys: [1], degree: 1 }, 'ys.length must be xs.length = 2, got 1'],
    [
      { xs: [1, 1, 1], ys: [1, 2, 3], degree: 1 },
      'xs must be more than 1 different numbers, got 1',
    ],
    [{ xs: [1, NaN], ys: [1, 2], degree: 0 }, 'points must be finite numbers, got NaN'],
    [{ xs: [1, 2], ys: [1, 2], degree: -1 }, 'degree must be an integer >= 0, got -1'],
  ])('rejects %j', ({ xs, ys, degree }, message) => {
    expect(() => fitPolynomial(xs, ys, degree)).toThrow(message);
  });
});
