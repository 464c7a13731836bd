import fc from 'fast-check';
import { predict } from '../test/golden-schedules.js';
import { forecastOf, histories, historyAt } from '../test/histories.js';
import { forecastWeights } from './forecast-weights.js';

const GOLDEN_DIGITS = 6;
const FLUX = { warmup: 3, interval: 3, firstStep: 0, direction: 1, order: 2 } as const;
const square = (s: number) => s * s;
const decay = (s: number) => Math.exp(-s / 10);

/** research: HiCache at sigma = 0.5 in exact arithmetic. [order, feature, call: forecast] */
const GOLDEN: [number, (s: number) => number, Record<number, number>][] = [
  [1, square, { 3: 5.5, 4: 7, 6: 28.5, 7: 32, 9: 70.5, 10: 77 }],
  [2, square, { 3: 5.5, 4: 7, 6: 28.333333, 7: 32.333333, 9: 70.25, 10: 77.5 }],
  [1, decay, { 3: 0.775677, 4: 0.732624, 6: 0.571164, 7: 0.535797, 9: 0.423129, 10: 0.396928 }],
  [2, decay, { 6: 0.570523, 7: 0.537078, 9: 0.422365, 10: 0.398456 }],
];

describe('forecastWeights(hermite)', () => {
  it.each(GOLDEN)('order %i gives the published forecasts of %p', (order, feature, wanted) => {
    const predictions = predict(FLUX, feature, { forecaster: 'hermite', order, warmup: 3 });
    for (const [call, value] of Object.entries(wanted)) {
      expect(predictions.get(Number(call))?.value).toBeCloseTo(value, GOLDEN_DIGITS);
    }
  });

  it('is Taylor at order 1 and sigma = sqrt(1/2)', () => {
    const options = { history: historyAt(0, 5), at: 8, order: 1 } as const;
    const hermite = forecastWeights({ ...options, forecaster: 'hermite', scale: Math.SQRT1_2 });
    const official = forecastWeights({ ...options, forecaster: 'official' });
    hermite.weights.forEach((w, j) => expect(w).toBeCloseTo(official.weights[j] ?? NaN, 12));
  });

  it('takes half of the step on a line at sigma = 0.5', () => {
    // From 5 towards 8: 2 sigma^2 = 1/2 of 3 calls.
    const options = { forecaster: 'hermite', history: historyAt(0, 5), at: 8, order: 1 } as const;
    expect(forecastOf(options, (s) => s)).toBeCloseTo(6.5, 12);
  });

  it('is off by -sigma^2 D_2 at the newest feature, from order 2 on', () => {
    // s^2 at 0, 1, 2 has D_2 = 2, so 4 becomes 4 - 2/4.
    const options = { forecaster: 'hermite', history: historyAt(0, 1, 2), at: 2 } as const;
    expect(forecastOf({ ...options, order: 1 }, square)).toBeCloseTo(4, 12);
    expect(forecastOf({ ...options, order: 2 }, square)).toBeCloseTo(3.5, 12);
  });

  it('uses H_3 = 8 y^3 - 12 y', () => {
    // s^3 at 0 .. 3: D = 27, 19, 12, 6. At x = 2, y = 1: a = 1, 1, (4 - 2) / 8, (8 - 12) / 48.
    const options = { forecaster: 'hermite', history: historyAt(0, 1, 2, 3), at: 5 } as const;
    const cube = (s: number) => s ** 3;
    expect(forecastOf({ ...options, order: 3 }, cube)).toBeCloseTo(27 + 19 + 3 - 0.5, 12);
  });

  it('does not form differences before call warmup - 1, like the official ladder', () => {
    const options = { forecaster: 'hermite', order: 2, at: 3, warmup: 3 } as const;
    expect(forecastWeights({ ...options, history: historyAt(0, 1) }).order).toBe(0);
    expect(forecastWeights({ ...options, history: historyAt(0, 1, 2) }).order).toBe(1);
    const eager = { ...options, history: historyAt(0, 1, 2), growth: 'eager' } as const;
    expect(forecastWeights(eager).order).toBe(2);
  });

  it('does not care about the direction of positions', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 8 }), (history, order) => {
        const mirrored = history.map(({ call, position }) => ({ call, position: -position }));
        const at = (history.at(-1)?.position ?? 0) + 3;
        const options = { forecaster: 'hermite', order, growth: 'eager' } as const;
        const { weights } = forecastWeights({ ...options, history: mirrored, at: -at });
        expect(weights).toEqual(forecastWeights({ ...options, history, at }).weights);
      }),
    );
  });
});
