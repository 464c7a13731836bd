import fc from 'fast-check';
import { predict, type Schedule } from '../test/golden-schedules.js';
import { MAX_ORDER } from './forecast-rule.js';
import { forecastWeights, type ForecastOptions } from './forecast-weights.js';

const GOLDEN_DIGITS = 6;
const square = (s: number) => s * s;
const decay = (s: number) => Math.exp(-s / 10);

const FLUX = { warmup: 3, interval: 3, firstStep: 0, direction: 1 } as const;
const HUNYUAN = { warmup: 1, interval: 5, firstStep: 0, direction: 1 } as const;
const DIT = { warmup: 2, interval: 3, firstStep: 49, direction: -1 } as const;
const DIFFUSERS = {
  warmup: 3,
  interval: 5,
  firstStep: 0,
  direction: 1,
  growth: 'eager',
  isFull: (call: number) => call < 3 || (call - 4) % 5 === 0,
} as const;

/** research: the released codes, re-run in exact arithmetic. [title, schedule, feature, step: forecast] */
const GOLDEN: [string, Schedule, (s: number) => number, Record<number, number>][] = [
  ['FLUX N=3 m=1', { ...FLUX, order: 1 }, square, { 3: 7, 4: 10, 6: 32, 7: 39, 9: 77, 10: 90 }],
  [
    'FLUX N=3 m=2',
    { ...FLUX, order: 2 },
    square,
    { 3: 7, 4: 10, 6: 32.666667, 7: 41.666667, 9: 78, 10: 94 },
  ],
  [
    'FLUX N=3 m=2',
    { ...FLUX, order: 2 },
    decay,
    { 3: 0.732624, 4: 0.646517, 6: 0.53836, 7: 0.475313, 9: 0.399984, 10: 0.35675 },
  ],
  [
    'Hunyuan N=5 m=1',
    { ...HUNYUAN, order: 1 },
    square,
    { 1: 0, 4: 0, 6: 30, 9: 45, 11: 115, 14: 160 },
  ],
  ['Hunyuan N=5 m=2', { ...HUNYUAN, order: 2 }, square, { 6: 30, 9: 45, 11: 116, 14: 176 }],
  [
    'DiT N=3 m=3, falling steps',
    { ...DIT, order: 3 },
    square,
    {
      47: 2207,
      46: 2110,
      44: 1932.666667,
      43: 1841.666667,
      41: 1678.037037,
      40: 1594.296296,
      38: 1441,
      37: 1363,
    },
  ],
  [
    'DiT N=3 m=1, falling steps',
    { ...DIT, order: 1 },
    square,
    { 47: 2207, 46: 2110, 44: 1932, 43: 1839, 41: 1677, 40: 1590 },
  ],
  [
    'diffusers defaults m=1',
    { ...DIFFUSERS, order: 1 },
    square,
    { 3: 7, 5: 22, 8: 40, 10: 94, 13: 133 },
  ],
  [
    'diffusers defaults m=2',
    { ...DIFFUSERS, order: 2 },
    square,
    { 3: 8, 5: 22.75, 8: 52, 10: 94.7, 13: 144.2 },
  ],
];

describe('forecastWeights(official) against the released codes', () => {
  it.each(GOLDEN)('%s', (_title, ...[schedule, feature, wanted]) => {
    const predictions = predict(schedule, feature);
    for (const [step, value] of Object.entries(wanted)) {
      expect(predictions.get(Number(step))?.value).toBeCloseTo(value, GOLDEN_DIGITS);
    }
  });

  /** [N, k, m, weights, sum of |w|] at equal spacing. */
  const EQUALLY_SPACED: [number, number, number, number[], number][] = [
    [3, 2, 1, [1.6667, -0.6667], 2.33],
    [3, 2, 2, [1.8889, -1.1111, 0.2222], 3.22],
    [3, 2, 3, [1.9383, -1.2593, 0.3704, -0.0494], 3.62],
    [5, 4, 1, [1.8, -0.8], 2.6],
    [5, 4, 2, [2.12, -1.44, 0.32], 3.88],
    [5, 4, 3, [2.2053, -1.696, 0.576, -0.0853], 4.56],
    [6, 5, 1, [1.8333, -0.8333], 2.67],
    [6, 5, 2, [2.1806, -1.5278, 0.3472], 4.06],
    [6, 5, 3, [2.277, -1.8171, 0.6366, -0.0965], 4.83],
  ];

  it.each(EQUALLY_SPACED)('N=%i k=%i m=%i weights', (...[N, k, m, wanted, gain]) => {
    const { weights } = forecastWeights(equallySpaced({ N, k, m }));
    expect(weights).toHaveLength(wanted.length);
    weights.forEach((weight, j) => expect(weight).toBeCloseTo(wanted[j] ?? NaN, 4));
    expect(weights.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeCloseTo(gain, 2);
  });

  /** [title, schedule, the order available after each full call] */
  const ORDERS: [string, Schedule, Record<number, number>][] = [
    [
      'FLUX warmup 3, N=5, m=2',
      { ...FLUX, interval: 5, order: 2 },
      { 3: 1, 6: 1, 8: 2, 11: 2, 13: 2 },
    ],
    ['FLUX warmup 3, N=6, m=3', { ...FLUX, interval: 6, order: 3 }, { 3: 1, 9: 2, 15: 3, 21: 3 }],
    ['Hunyuan warmup 1, N=5, m=2', { ...HUNYUAN, order: 2 }, { 1: 0, 4: 0, 6: 1, 9: 1, 11: 2 }],
    [
      'DiT warmup 2, N=4, m=4',
      { ...DIT, interval: 4, order: 4 },
      { 47: 1, 45: 1, 43: 2, 39: 3, 35: 4, 31: 4 },
    ],
  ];

  it.each(ORDERS)('%s: order grows by one per full call', (_title, schedule, wanted) => {
    const predictions = predict(schedule, square);
    for (const [step, order] of Object.entries(wanted)) {
      expect(predictions.get(Number(step))?.order).toBe(order);
    }
  });

  it('is off by -N x on a quadratic at order 2, as published', () => {
    const N = 5;
    for (const k of [1, 2, 3, 4]) {
      const { weights, positions } = forecastWeights(equallySpaced({ N, k, m: 2 }));
      const forecast = weights.reduce((sum, w, j) => sum + w * square(positions[j] ?? NaN), 0);
      expect(forecast - square(10 + k)).toBeCloseTo(-N * k, 9);
    }
  });

  it('does not form differences before call warmup - 1', () => {
    // warmup 3: calls 0 and 1 store features only; 0, 1 -> order 0, 0, 1, 2 -> order 1.
    const history = [0, 1, 2].map((call) => ({ call, position: call }));
    const options = { forecaster: 'official', order: 2, at: 3, warmup: 3 } as const;
    expect(forecastWeights({ ...options, history: history.slice(0, 2) }).order).toBe(0);
    expect(forecastWeights({ ...options, history }).order).toBe(1);
    expect(forecastWeights({ ...options, history, growth: 'eager' }).order).toBe(2);
  });

  it('gives the same weights for the newest order + 1 features as for all of them', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: MAX_ORDER }), (history, order) => {
        const options = { forecaster: 'official', order, at: 1000, warmup: 3 } as const;
        const newest = forecastWeights({ ...options, history: history.slice(-(order + 1)) });
        expect(newest).toEqual(forecastWeights({ ...options, history }));
      }),
    );
  });
});

describe.each(['official', 'newton'] as const)('forecastWeights(%s)', (forecaster) => {
  it('sums to 1, so that a constant is forecast exactly', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 4 }), (history, order) => {
        const at = (history.at(-1)?.position ?? 0) + 3;
        const { weights } = forecastWeights({ forecaster, history, order, at });
        const gain = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
        expect(Math.abs(weights.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-12 * gain);
      }),
    );
  });

  it('is exact on a line at order 1, for any spacing and direction', () => {
    fc.assert(
      fc.property(histories(), fc.double({ min: -50, max: 50, noNaN: true }), (history, x) => {
        const at = (history.at(-1)?.position ?? 0) + x;
        const result = forecastWeights({ forecaster, history, order: 1, at, growth: 'eager' });
        const line = (s: number) => (result.order === 0 ? 7 : 3 * s - 2);
        const forecast = result.weights.reduce(
          (sum, w, j) => sum + w * line(result.positions[j] ?? NaN),
          0,
        );
        expect(forecast).toBeCloseTo(line(at), 6);
      }),
    );
  });

  it('at order 0 is [1] wherever the target is', () => {
    const history = [0, 1, 2, 7].map((call) => ({ call, position: call }));
    const result = forecastWeights({ forecaster, history, order: 0, at: 11 });
    expect(result).toEqual({ weights: [1], positions: [7], order: 0 });
  });

  it('uses a lower order when the history is short', () => {
    const history = [{ call: 0, position: 0 }];
    expect(forecastWeights({ forecaster, history, order: 4, at: 3 })).toEqual({
      weights: [1],
      positions: [0],
      order: 0,
    });
    const two = [...history, { call: 5, position: 5 }];
    // A line through 0 and 5, at 8: 1 + 3/5 and -3/5.
    const { weights, positions, order } = forecastWeights({
      forecaster,
      history: two,
      order: 8,
      at: 8,
    });
    expect(weights.map((weight) => weight.toFixed(12))).toEqual([
      '1.600000000000',
      '-0.600000000000',
    ]);
    expect({ positions, order }).toEqual({ positions: [5, 0], order: 1 });
  });

  it('gives the newest feature at its own position', () => {
    const history = [0, 3, 9].map((call) => ({ call, position: call }));
    const { weights } = forecastWeights({ forecaster, history, order: 2, at: 9 });
    expect(weights.map((weight) => weight + 0)).toEqual([1, 0, 0]);
  });

  it('does not care about the direction of positions', () => {
    const rising = [0, 1, 2, 7, 12].map((call) => ({ call, position: call }));
    const falling = rising.map(({ call, position }) => ({ call, position: 49 - position }));
    const options = { forecaster, order: 3, warmup: 3 } as const;
    expect(forecastWeights({ ...options, history: falling, at: 49 - 15 }).weights).toEqual(
      forecastWeights({ ...options, history: rising, at: 15 }).weights,
    );
  });

  it('allows a target behind the newest feature', () => {
    const history = [0, 4].map((call) => ({ call, position: call }));
    // Half-way between the two.
    expect(forecastWeights({ forecaster, history, order: 1, at: 2 }).weights).toEqual([0.5, 0.5]);
  });

  it('leaves its history alone', () => {
    const history = Object.freeze([0, 1].map((call) => Object.freeze({ call, position: call })));
    expect(() => forecastWeights({ forecaster, history, order: 1, at: 2 })).not.toThrow();
  });
});

describe('forecastWeights(newton)', () => {
  it('is exact on a polynomial of its order, for any spacing', () => {
    const gap = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.array(gap, { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 9 }),
        (order, gaps, k) => {
          // Positions in [-1, 1] keep the powers tame.
          const calls = gaps.reduce<number[]>((all, g) => [...all, (all.at(-1) ?? 0) + g], []);
          const history = calls.map((call) => ({ call, position: call / 70 }));
          const at = ((calls.at(-1) ?? 0) + k) / 70;
          const { weights, positions } = forecastWeights({
            forecaster: 'newton',
            history,
            order,
            at,
          });
          const gain = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
          for (let degree = 0; degree <= order; degree++) {
            const forecast = weights.reduce(
              (s, w, j) => s + w * (positions[j] ?? NaN) ** degree,
              0,
            );
            expect(Math.abs(forecast - at ** degree)).toBeLessThanOrEqual(1e-13 * gain);
          }
        },
      ),
    );
  });

  it('ignores warmup and growth', () => {
    const history = [0, 1].map((call) => ({ call, position: call }));
    const options = { forecaster: 'newton', history, order: 1, at: 2 } as const;
    expect(forecastWeights({ ...options, warmup: 9 }).weights).toEqual([2, -1]);
  });

  it('extrapolates a quadratic by 3, -3, 1', () => {
    const history = [0, 1, 2].map((call) => ({ call, position: call }));
    expect(forecastWeights({ forecaster: 'newton', history, order: 2, at: 3 }).weights).toEqual([
      3, -3, 1,
    ]);
  });
});

describe('forecastWeights refuses', () => {
  const good: ForecastOptions = {
    forecaster: 'official',
    history: [
      { call: 0, position: 0 },
      { call: 5, position: 5 },
    ],
    at: 7,
    order: 1,
  };
  const at = (...positions: number[]) =>
    positions.map((position, index) => ({ call: index, position }));

  const REFUSED: [string, Readonly<Record<string, unknown>>, string][] = [
    ['order 9', { order: 9 }, 'order must be an integer between 0 and 8, got 9'],
    ['order -1', { order: -1 }, 'order must be an integer between 0 and 8, got -1'],
    ['order 1.5', { order: 1.5 }, 'order must be an integer between 0 and 8, got 1.5'],
    ['order NaN', { order: NaN }, 'order must be an integer between 0 and 8, got NaN'],
    ['warmup 0', { warmup: 0 }, 'warmup must be an integer >= 1, got 0'],
    ['a target at NaN', { at: NaN }, 'at must be a finite number, got NaN'],
    ['a target at infinity', { at: -Infinity }, 'at must be a finite number, got -Infinity'],
    [
      'a NaN position',
      { history: at(0, NaN) },
      'history[1].position must be a finite number, got NaN',
    ],
    [
      'a position twice',
      { history: at(0, 5, 5) },
      'history positions must be strictly increasing or strictly decreasing, got [0, 5, 5]',
    ],
    [
      'positions that turn back',
      { history: at(0, 5, 3) },
      'history positions must be strictly increasing or strictly decreasing, got [0, 5, 3]',
    ],
    [
      '0 and -0, which are one position',
      { history: at(0, -0) },
      'history positions must be strictly increasing or strictly decreasing, got [0, -0]',
    ],
    [
      'a call twice',
      { history: [good.history[0], { call: 0, position: 1 }] },
      'history calls must be strictly increasing, got [0, 0]',
    ],
    [
      'a negative call',
      { history: [{ call: -1, position: 0 }] },
      'history[0].call must be an integer >= 0, got -1',
    ],
    [
      'an unknown forecaster',
      { forecaster: 'spline' },
      'forecaster must be "official", "newton", "hermite", "foca" or "chebyshev", got "spline"',
    ],
    ['an unknown growth', { growth: 'late' }, 'growth must be "official" or "eager", got "late"'],
  ];

  it.each(REFUSED)('%s', (_title, change, message) => {
    const options = { ...good, ...change } as ForecastOptions;
    expect(() => forecastWeights(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it('an empty history', () => {
    expect(() => forecastWeights({ ...good, history: [] })).toThrow(
      expect.objectContaining({ code: 'failed-precondition', message: 'no history' }),
    );
  });

  const CLOSE = { history: at(0, 1e-300, 2e-300), at: 1e10, order: 2 } as const;

  it.each<ForecastOptions>([
    { ...CLOSE, forecaster: 'official', growth: 'eager' },
    { ...CLOSE, forecaster: 'newton' },
    { ...CLOSE, forecaster: 'hermite', growth: 'eager' },
    { ...CLOSE, forecaster: 'chebyshev', ridge: 0 },
  ])('weights that overflow ($forecaster)', (options) => {
    expect(() => forecastWeights(options)).toThrow(
      'weights must be finite, but positions [0, 1e-300, 2e-300] are too close together to forecast at 10000000000',
    );
  });
});

function equallySpaced({ N, k, m }: { N: number; k: number; m: number }): ForecastOptions {
  const history = Array.from({ length: m + 1 }, (_, j) => ({ call: j * N, position: j * N }));
  return { forecaster: 'official', history, order: m, at: m * N + k };
}

/** 1 to 9 features, gaps 1 to 9, rising or falling. */
function histories() {
  const gaps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  return fc.tuple(gaps, fc.constantFrom(1, -1)).map(([steps, direction]) => {
    let call = 0;
    return steps.map((gap) => {
      call += gap;
      return { call, position: direction * call };
    });
  });
}
