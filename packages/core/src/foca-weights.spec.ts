import fc from 'fast-check';
import { predict } from '../test/golden-schedules.js';
import { forecastOf, gainOf, histories, historyAt } from '../test/histories.js';
import { MAX_FOCA_CALLS } from './foca-weights.js';
import { MAX_ORDER, type FocaRule } from './forecast-rule.js';
import { forecastWeights } from './forecast-weights.js';

const GOLDEN_DIGITS = 6;
const FLUX = { warmup: 3, interval: 3, firstStep: 0, direction: 1, order: 1 } as const;
const VARIANTS = ['literal', 'anchored'] as const;
const square = (s: number) => s * s;

/** research: two readings of the paper, run over the whole history on s^2. */
const GOLDEN: [FocaRule['variant'], Record<number, number>][] = [
  ['literal', { 3: 7, 4: 10, 6: 36, 7: 45, 9: 80, 10: 94.5 }],
  ['anchored', { 3: 7, 4: 10, 6: 36, 7: 43, 9: 81, 10: 94 }],
];

describe('forecastWeights(foca)', () => {
  it.each(GOLDEN)('%s gives the published forecasts of s^2', (variant = 'literal', wanted) => {
    const rule = { forecaster: 'foca', variant, order: MAX_ORDER } as const;
    const predictions = predict(FLUX, square, rule);
    for (const [call, value] of Object.entries(wanted)) {
      expect(predictions.get(Number(call))?.value).toBeCloseTo(value, GOLDEN_DIGITS);
    }
  });

  it.each(VARIANTS)('%s is exact on a line, for any spacing and direction', (variant) => {
    fc.assert(
      fc.property(histories(), orders(), fc.nat(20), (history, order, ahead) => {
        fc.pre(history.length > 1);
        const newest = history.at(-1)?.position ?? NaN;
        const at = newest + Math.sign(newest) * ahead;
        const options = { forecaster: 'foca', variant, order, history, at } as const;
        fc.pre(order > 0);
        const line = (s: number) => 3 * s - 2;
        const scale = gainOf(forecastWeights(options).weights) * Math.abs(line(at));
        expect(Math.abs(forecastOf(options, line) - line(at))).toBeLessThanOrEqual(1e-12 * scale);
      }),
    );
  });

  it('is exact on a line where an undivided anchor slope is not', () => {
    // Full at 2, 5, 8; call 9. Undivided: forecast 10 at call 7, then 8 + ((8 - 5) + (8 - 10)) / 2 = 8.5.
    const undivided = 8 + (8 - 5 + (8 - 10)) / 2;
    const options = { forecaster: 'foca', history: historyAt(0, 1, 2, 5, 8), at: 9 } as const;
    expect(undivided).toBe(8.5);
    expect(forecastOf({ ...options, order: MAX_ORDER }, (s) => s)).toBeCloseTo(9, 12);
  });

  it('literal halves the way to the anchor slope with each call', () => {
    // Full at 0, 1, 5 on s^2: S = 6, forecast of call 4 = 1 + 3 = 4, last change 21, so 25 + 6 k + 15 (1 - 2^-k).
    for (const k of [0, 1, 2, 3, 10]) {
      const options = { forecaster: 'foca', history: historyAt(0, 1, 5), at: 5 + k } as const;
      expect(forecastOf(options, square)).toBeCloseTo(25 + 6 * k + 15 * (1 - 2 ** -k), 9);
    }
  });

  it('is the line through the last two features at order 1', () => {
    const options = { forecaster: 'foca', history: historyAt(0, 1, 5), at: 7, order: 1 } as const;
    expect(forecastWeights(options).weights).toEqual([1.5, -0.5]);
  });

  it('reads three features unless an order is given', () => {
    const options = { forecaster: 'foca', history: historyAt(0, 3, 6, 9), at: 10 } as const;
    expect(forecastWeights(options)).toMatchObject({ positions: [9, 6, 3], order: 2 });
  });

  it.each(VARIANTS)('%s gives the newest feature at its own position', (variant) => {
    const options = { forecaster: 'foca', variant, history: historyAt(0, 3, 9), at: 9 } as const;
    expect(forecastWeights(options).weights).toEqual([1, 0, 0]);
  });

  it('anchored diverges from interval 6 on, when it reads more features; literal does not', () => {
    const gain = (rule: FocaRule, interval: number) => {
      const history = historyAt(...Array.from({ length: 9 }, (_, j) => j * interval));
      return gainOf(forecastWeights({ ...rule, history, at: 8 * interval + 5 }).weights);
    };
    // Each further feature multiplies its part by 2.5.
    expect(gain({ forecaster: 'foca', variant: 'anchored', order: 8 }, 6)).toBeGreaterThan(
      2.5 ** 6,
    );
    expect(gain({ forecaster: 'foca', variant: 'literal', order: 8 }, 6)).toBeLessThan(40);
    expect(gain({ forecaster: 'foca', variant: 'anchored', order: 2 }, 6)).toBeLessThan(40);
  });

  const TIMESTEPS = [
    { call: 0, position: 1000 },
    { call: 1, position: 980 },
  ];

  it.each([
    [
      'positions that are no calls',
      { history: TIMESTEPS, at: 960 },
      'history positions must be one apart per call for foca, got [1000, 980]',
    ],
    [
      'a target between calls',
      { history: historyAt(0, 3), at: 4.5 },
      'at must be a whole number of calls past the newest position 3 for foca, got 4.5',
    ],
    [
      'a target behind the newest feature',
      { history: historyAt(0, 3), at: 2 },
      'at must be a whole number of calls past the newest position 3 for foca, got 2',
    ],
    [
      'a target too far ahead',
      { history: historyAt(0, 3), at: MAX_FOCA_CALLS + 1 },
      'at must be within 10000 calls of position 0 for foca, got 10001',
    ],
  ])('refuses %s', (_title, change, message) => {
    expect(() => forecastWeights({ forecaster: 'foca', ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});

function orders() {
  return fc.integer({ min: 0, max: MAX_ORDER });
}
