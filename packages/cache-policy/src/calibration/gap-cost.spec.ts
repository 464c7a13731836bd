import { fitWeights, gramFromFeatures, squaredNorm } from '@forecache/core';
import { addUpCalls, driftOfGap } from './gap-cost.js';

/** Eight features of three numbers without any pattern. */
const features = Array.from({ length: 8 }, (_, call) =>
  Float32Array.from({ length: 3 }, (__, i) => Math.sin(7 * call + 3 * i) + 0.2 * call),
);
const gram = { products: gramFromFeatures(features) };
const steps = [0.3, 0.1, 0.2, 0.1, 0.1, 0.4, 0.1, 0.2];

describe('driftOfGap', () => {
  it('is 0 where the next full call follows at once', () => {
    expect(driftOfGap({ gram, steps })([3, 1], 4)).toBe(0);
  });

  it('is what the best weights leave of the gap’s sum of outputs', () => {
    // s = 0.1 v_4 + 0.4 v_5 + 0.1 v_6 is forecast as one combination of v_3 and v_1.
    const s = features[4]?.map((_, i) => 0.1 * at(4, i) + 0.4 * at(5, i) + 0.1 * at(6, i));
    const extended = { products: gramFromFeatures([...features, s as Float32Array]) };
    const weights = fitWeights(extended, { target: 8, sources: [3, 1] }, { ridge: 1e-6 });
    const rest = [0, weights[1] ?? NaN, 0, weights[0] ?? NaN, 0, 0, 0, 0, -1];
    const expected = squaredNorm(extended, rest);
    expect(driftOfGap({ gram, steps })([3, 1], 7)).toBeCloseTo(expected, 6);
  });

  it('sees that errors cancel inside a gap', () => {
    // Outputs 1, +1, -1: nothing is left of the last two together, whatever each is by itself.
    const products = gramFromFeatures(
      [
        [1, 0],
        [0, 1],
        [0, -1],
      ].map((v) => Float32Array.from(v)),
    );
    expect(driftOfGap({ gram: { products }, steps: [1, 1, 1] })([0], 3)).toBeCloseTo(0, 12);
  });

  it('counts a drift by the square of what it grows to', () => {
    const growth = [1, 1, 1, 1, 1, 1, 1, 3, 1];
    const plain = driftOfGap({ gram, steps })([3, 1], 7);
    expect(driftOfGap({ gram, steps, growth })([3, 1], 7)).toBeCloseTo(9 * plain, 12);
  });

  it('forecasts features that are all zero', () => {
    const products = [
      [0, 0],
      [0, 4],
    ];
    expect(driftOfGap({ gram: { products }, steps: [1, 0.5] })([0], 2)).toBe(1);
  });
});

describe('addUpCalls', () => {
  it('adds what each call of the gap costs', () => {
    const cost = addUpCalls((target, [newest]) => target - (newest ?? NaN));
    expect(cost([3, 1], 7)).toBe(1 + 2 + 3);
    expect(cost([3], 4)).toBe(0);
  });
});

function at(call: number, i: number): number {
  return features[call]?.[i] ?? NaN;
}
