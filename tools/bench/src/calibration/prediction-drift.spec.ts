import { gramFromFeatures } from '@forecache/core';
import { predictDrift } from './prediction-drift.js';

/** Euler with steps of 1: the sample before call s is the sum of the outputs before it. */
function euler(calls: number) {
  const rows = Array.from({ length: calls + 1 }, (_, s) =>
    Array.from({ length: calls }, (__, i) => (i < s ? 1 : 0)),
  );
  return { rows };
}

const OPTIONS = { history: 1, ridge: 1e-9 };
const SCHEDULE = { response: euler(4), fullCalls: [0, 2], positions: [0, 1, 2, 3] };
const gram = (values: readonly (readonly number[])[]) => ({
  products: gramFromFeatures(values.map((value) => Float32Array.from(value))),
});

describe('predictDrift', () => {
  it('is 0 where a forecast can be exact', () => {
    const predicted = predictDrift(gram([[1], [2], [3], [4]]), SCHEDULE, {
      growth: [1, 1, 1, 1, 1],
      options: OPTIONS,
    });
    expect(predicted.gaps).toBeCloseTo(0, 5);
    expect(predicted.whole).toBeCloseTo(0, 5);
  });

  it('sees gaps cancel as a whole, and not one by one', () => {
    // One weight of the newest output, (1, 0): what call 1 misses is (0, 1), and call 3 misses (0, -1).
    const features = gram([
      [1, 0],
      [1, 1],
      [1, 0],
      [1, -1],
    ]);
    const predicted = predictDrift(features, SCHEDULE, {
      growth: [1, 1, 1, 1, 1],
      options: OPTIONS,
    });
    expect(predicted.gaps).toBeCloseTo(2, 4);
    expect(predicted.whole).toBeCloseTo(0, 4);
  });

  it('weighs each gap by its growth at the gap’s end', () => {
    // The first gap ends before call 2, the second at the end: as above, 3 times (0, 1) less once (0, 1).
    const features = gram([
      [1, 0],
      [1, 1],
      [1, 0],
      [1, -1],
    ]);
    const predicted = predictDrift(features, SCHEDULE, {
      growth: [9, 9, 3, 9, 1],
      options: OPTIONS,
    });
    expect(predicted.gapsGrown).toBeCloseTo(9 + 1, 4);
    expect(predicted.wholeGrown).toBeCloseTo((3 - 1) ** 2, 4);
  });
});
