import { debtAfter, payBack, stepsBetween, type FeatureSum } from './forecast-debt.js';

const even = () => 1;
const NONE: FeatureSum = new Map();

/** Σ coefficient F_call. */
const valueOf = (sum: FeatureSum, featureAt: (call: number) => number) =>
  [...sum].reduce((total, [call, coefficient]) => total + coefficient * featureAt(call), 0);

const forecastOf = (
  weights: readonly number[],
  fullCalls: readonly number[],
  featureAt: (call: number) => number,
) => weights.reduce((sum, weight, j) => sum + weight * featureAt(fullCalls[j] ?? NaN), 0);

const cubic = (call: number) => (call - 3) ** 3 - 2 * call ** 2 + 7;

describe('debtAfter', () => {
  const reused = { fullCalls: [6, 4, 2, 0], forecasts: [[1], [1]], debt: NONE };
  const trueError = cubic(6) - cubic(7) + (cubic(6) - cubic(8));

  it('is what forecasts of a cubic were off by, in features of full calls only', () => {
    const debt = debtAfter(reused, [9, 6, 4, 2, 0], even);
    expect(valueOf(debt, cubic)).toBeCloseTo(trueError, 9);
    expect([...debt.keys()].sort((a, b) => a - b)).toEqual([2, 4, 6, 9]);
  });

  it('weighs errors by the sampler’s steps', () => {
    const steps = stepsBetween([0, 1, 2, 3, 4, 5, 6, 7, 10, 11]);
    expect([7, 8].map(steps)).toEqual([3, 1]);
    const debt = debtAfter(reused, [9, 6, 4, 2, 0], steps);
    const weighted = 3 * (cubic(6) - cubic(7)) + (cubic(6) - cubic(8));
    expect(valueOf(debt, cubic)).toBeCloseTo(weighted, 9);
  });

  it('is nothing where forecasts were right', () => {
    // A line by its two newest features.
    const line = {
      fullCalls: [4, 3],
      forecasts: [
        [2, -1],
        [3, -2],
      ],
      debt: NONE,
    };
    const debt = debtAfter(line, [7, 4, 3], even);
    expect(valueOf(debt, (call) => 5 - 2 * call)).toBeCloseTo(0, 12);
  });

  it('keeps what a gap that ended early has not paid', () => {
    const gap = {
      fullCalls: [4, 3],
      forecasts: [
        [2, -1],
        [3, -2],
      ],
      debt: new Map([[3, 6]]),
    };
    const line = (call: number) => 5 - 2 * call;
    const left = (behind: number) => valueOf(debtAfter(gap, [behind, 4, 3], even), line);
    expect([5, 6, 7].map(left)).toEqual([
      expect.closeTo(6 * line(3), 9),
      expect.closeTo(3 * line(3), 9),
      expect.closeTo(0, 9),
    ]);
  });

  it('keeps all of a debt where nothing was forecast', () => {
    const debt = new Map([[3, 6]]);
    expect(debtAfter({ fullCalls: [4, 3], forecasts: [], debt }, [5, 4, 3], even)).toEqual(debt);
  });
});

describe('payBack', () => {
  const fullCalls = [9, 6, 4, 2, 0];
  const forecasts = [[1], [2, -1], [1]];
  const debt = new Map([
    [6, 3],
    [2, -3],
  ]);
  const gap = { fullCalls, forecasts, debt };

  it.each([
    ['even', even],
    ['uneven', stepsBetween([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 17, 18])],
  ])('takes the debt off the sum of %s steps', (_, stepOf) => {
    const sum = (lists: readonly (readonly number[])[]) =>
      lists.reduce(
        (total, weights, i) => total + stepOf(10 + i) * forecastOf(weights, fullCalls, cubic),
        0,
      );
    const paid = payBack(gap, stepOf);
    expect(sum(paid) - sum(forecasts)).toBeCloseTo(-valueOf(debt, cubic), 9);
    expect(paid.map((weights) => weights.length)).toEqual([4, 4, 4]);
  });

  it('reads nothing that is not stored, and pays a debt whole or not at all', () => {
    const storing = (count: number) => ({ ...gap, fullCalls: fullCalls.slice(0, count) });
    expect(payBack(storing(4), even).map((weights) => weights.length)).toEqual([4, 4, 4]);
    expect(payBack(storing(3), even)).toEqual(forecasts);
  });

  it('leaves forecasts alone where nothing is owed', () => {
    expect(payBack({ fullCalls, forecasts, debt: NONE }, even)).toEqual(forecasts);
  });

  it('keeps weights that sum to 1 so', () => {
    for (const weights of payBack(gap, even))
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });
});

describe('stepsBetween', () => {
  it('has even steps without coordinates', () => {
    expect([0, 7].map(stepsBetween(undefined))).toEqual([1, 1]);
    expect(stepsBetween([4])(0)).toBe(1);
  });

  it('is the way to the next call, up or down', () => {
    expect([0, 1, 2].map(stepsBetween([10, 7, 5]))).toEqual([3, 2, 2]);
  });
});
