import { gramFromFeatures } from '@forecache/core';
import { fitWeightsToWalks, type WeightsProblem } from './fit-weights.js';
import { weightsPlan } from './weights-plan.js';

const CALLS = 8;
const response = {
  rows: Array.from({ length: CALLS + 1 }, (_, s) =>
    Array.from({ length: CALLS }, (__, i) => (i < s ? -1 / CALLS : 0)),
  ),
};

/** Outputs that turn evenly in planes of their own, as many numbers a run. */
function run(seed: number) {
  const outputs = Array.from({ length: CALLS }, (_, call) =>
    Float32Array.from({ length: 6 }, (__, i) => Math.cos(0.4 * call + seed + i) + 0.1 * seed),
  );
  return { products: gramFromFeatures(outputs) };
}

const problem: WeightsProblem = {
  response,
  fullCalls: [0, 2, 4],
  positions: Array.from({ length: CALLS }, (_, call) => call),
  walks: [run(1), run(2), run(3), run(4)],
  history: null,
  ridge: null,
};

describe('fitWeightsToWalks', () => {
  it('answers weights for every skipped call, of no more features than there are', () => {
    const { weights } = fitWeightsToWalks(problem);
    expect(weights.map((ofCall) => ofCall.length)).toEqual([1, 2, 3, 3, 3]);
  });

  it('chooses a history that fits what it is shown', () => {
    // A turning plane is exact from two features, so left-out runs are too.
    const found = fitWeightsToWalks(problem);
    expect(found.history).toBeGreaterThanOrEqual(2);
    expect(found.heldOutError).toBeLessThan(
      fitWeightsToWalks({ ...problem, history: 1 }).heldOutError,
    );
  });

  it('keeps to what is given', () => {
    const found = fitWeightsToWalks({ ...problem, history: 1, ridge: 0.5 });
    expect([found.history, found.ridge]).toEqual([1, 0.5]);
  });

  it('is no better on left-out runs than on its own', () => {
    const { predictedError, heldOutError } = fitWeightsToWalks({
      ...problem,
      history: 2,
      ridge: 1e-6,
    });
    expect(predictedError).toBeLessThanOrEqual(heldOutError);
  });

  it('fits a single run, with nothing to say about others', () => {
    const found = fitWeightsToWalks({ ...problem, walks: [run(1)] });
    expect(found.heldOutError).toBeNaN();
    expect([found.history, found.ridge]).toEqual([3, 1e-4]);
    expect(found.predictedError).toBeLessThan(0.2);
  });

  it('takes the full run’s outputs where there is no walk yet', () => {
    const walks = problem.walks.map(({ products }) => {
      const all = [...products.keys(), ...problem.fullCalls];
      return { products: all.map((i) => all.map((j) => products[i]?.[j] ?? NaN)) };
    });
    const { growth, ...walked } = fitWeightsToWalks({ ...problem, walks });
    expect({ ...walked, growth: [] }).toEqual(fitWeightsToWalks(problem));
    // Only a walk shows how errors grow.
    expect(growth).toHaveLength(CALLS + 1);
  });

  it.each<[Partial<WeightsProblem>, string]>([
    [{ walks: [] }, 'walks must be at least one run, got []'],
    [{ fullCalls: [1, 2] }, 'fullCalls must be rising calls from 0 to 7 at most, got [1, 2]'],
    [{ fullCalls: [0, 8] }, 'fullCalls must be rising calls from 0 to 7 at most, got [0, 8]'],
    [{ positions: [1] }, 'positions.length must be one a call (8), got 1'],
    [{ history: 0 }, 'history must be an integer >= 1, got 0'],
    [{ ridge: 0 }, 'ridge must be a finite number > 0, got 0'],
    [
      { walks: [{ products: [[1]] }] },
      'walks[].products.length must be 8 (outputs of the full run) or 11 (and of the walk), got 1',
    ],
  ])('refuses %o', (changed, message) => {
    expect(() => fitWeightsToWalks({ ...problem, ...changed })).toThrow(message);
  });
});

describe('weightsPlan', () => {
  it('gives every skipped call its weights, in order', () => {
    const plan = weightsPlan(4, [0, 2], [[1], [1.5, -0.5]]);
    expect(plan.map(({ action }) => action)).toEqual([
      { kind: 'full' },
      { kind: 'forecast', weights: [1] },
      { kind: 'full' },
      { kind: 'forecast', weights: [1.5, -0.5] },
    ]);
    expect(plan.map(({ callIndex }) => callIndex)).toEqual([0, 1, 2, 3]);
  });
});
