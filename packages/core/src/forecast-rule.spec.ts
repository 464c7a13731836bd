import fc from 'fast-check';
import { gainOf, histories, historyAt } from '../test/histories.js';
import {
  compileForecastRule,
  featuresRead,
  MAX_HISTORY,
  MAX_ORDER,
  type ForecastRule,
} from './forecast-rule.js';
import { forecastWeights } from './forecast-weights.js';

/** Relative to the sum of |w|. */
const SUM_TOLERANCE = 1e-11;

/** Only chebyshev has one. */
const WITHOUT_RIDGE = { ridge: 0 };

/** Every forecaster by its name. */
const RULES: [string, (order: number) => ForecastRule][] = [
  ['official', (order) => ({ forecaster: 'official', order, warmup: 3 })],
  ['newton', (order) => ({ forecaster: 'newton', order })],
  ['hermite', (order) => ({ forecaster: 'hermite', order, warmup: 3 })],
  ['foca literal', (order) => ({ forecaster: 'foca', order })],
  ['foca anchored', (order) => ({ forecaster: 'foca', order, variant: 'anchored' })],
  ['chebyshev', (order) => ({ forecaster: 'chebyshev', order })],
  ['chebyshev without ridge', (order) => ({ forecaster: 'chebyshev', order, ridge: 0 })],
  ['chebyshev of few', (order) => ({ forecaster: 'chebyshev', order, window: order + 1 })],
];

describe.each(RULES)('every rule: %s', (_title, ruleOf) => {
  const cases = () =>
    fc
      .tuple(histories(), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 9 }))
      .map(([history, order, ahead]) => {
        const newest = history.at(-1)?.position ?? NaN;
        return { history, rule: ruleOf(order), at: newest + Math.sign(newest) * ahead };
      });

  it('sums to 1, so that a constant is forecast exactly, where no ridge shrinks it', () => {
    fc.assert(
      fc.property(cases(), ({ rule, history, at }) => {
        const { weights } = forecastWeights({ ...rule, ...WITHOUT_RIDGE, history, at });
        const sum = weights.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 1)).toBeLessThanOrEqual(SUM_TOLERANCE * gainOf(weights));
      }),
    );
  });

  it('reads no feature older than featuresRead says', () => {
    fc.assert(
      fc.property(cases(), ({ rule, history, at }) => {
        const newest = history.slice(-featuresRead(rule));
        const all = forecastWeights({ ...rule, history, at });
        expect(forecastWeights({ ...rule, history: newest, at })).toEqual(all);
        expect(all.weights.length).toBeLessThanOrEqual(newest.length);
      }),
    );
  });

  it('answers the same when asked twice, and leaves the history alone', () => {
    fc.assert(
      fc.property(cases(), ({ rule, history, at }) => {
        const before = JSON.stringify(history);
        const first = forecastWeights({ ...rule, history, at });
        expect(forecastWeights({ ...rule, history, at })).toEqual(first);
        expect(JSON.stringify(history)).toBe(before);
      }),
    );
  });

  it('reuses a single feature', () => {
    const wanted = { weights: [1], positions: [6], order: 0 };
    const [rule, at] = [ruleOf(3), 11];
    const weights = forecastWeights({ ...rule, ...WITHOUT_RIDGE, history: historyAt(6), at });
    expect(weights).toEqual(wanted);
  });

  it.each([
    ['a target at NaN', { at: NaN }, 'at must be a finite number, got NaN'],
    ['a target at infinity', { at: Infinity }, 'at must be a finite number, got Infinity'],
    [
      'positions that turn back',
      { history: [...historyAt(0, 5), { call: 7, position: 3 }] },
      'history positions must be strictly increasing or strictly decreasing, got [0, 5, 3]',
    ],
    [
      '0 and -0, which are one position',
      { history: [...historyAt(0), { call: 1, position: -0 }] },
      'history positions must be strictly increasing or strictly decreasing, got [0, -0]',
    ],
  ])('refuses %s', (_case, change, message) => {
    const options = { ...ruleOf(1), history: historyAt(0, 5), at: 7, ...change };
    expect(() => forecastWeights(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it('refuses an empty history', () => {
    expect(() => forecastWeights({ ...ruleOf(1), history: [], at: 7 })).toThrow(
      expect.objectContaining({ code: 'failed-precondition', message: 'no history' }),
    );
  });
});

describe('featuresRead', () => {
  it.each<[ForecastRule, number]>([
    [{ forecaster: 'official', order: 0 }, 1],
    [{ forecaster: 'newton', order: MAX_ORDER }, MAX_HISTORY],
    [{ forecaster: 'hermite', order: 2 }, 3],
    [{ forecaster: 'foca' }, 3],
    [{ forecaster: 'foca', order: 1 }, 2],
    [{ forecaster: 'chebyshev', order: 2 }, MAX_HISTORY],
    [{ forecaster: 'chebyshev', order: 2, window: 4 }, 4],
  ])('%j reads %i', (rule, count) => {
    expect(featuresRead(rule)).toBe(count);
  });
});

describe('compileForecastRule refuses', () => {
  it.each([
    [{ forecaster: 'hermite', order: 1, scale: 0 }, 'scale must be a finite number > 0, got 0'],
    [{ forecaster: 'hermite', order: 1, scale: NaN }, 'scale must be a finite number > 0, got NaN'],
    [{ forecaster: 'hermite', order: 9 }, 'order must be an integer between 0 and 8, got 9'],
    [{ forecaster: 'hermite', order: 1, warmup: 0 }, 'warmup must be an integer >= 1, got 0'],
    [
      { forecaster: 'hermite', order: 1, growth: 'late' },
      'growth must be "official" or "eager", got "late"',
    ],
    [
      { forecaster: 'foca', variant: 'bdf3' },
      'variant must be "literal" or "anchored", got "bdf3"',
    ],
    [{ forecaster: 'foca', order: -1 }, 'order must be an integer between 0 and 8, got -1'],
    [{ forecaster: 'chebyshev' }, 'order must be an integer between 0 and 8, got undefined'],
    [
      { forecaster: 'chebyshev', order: 1, ridge: -0.1 },
      'ridge must be a finite number >= 0, got -0.1',
    ],
    [
      { forecaster: 'chebyshev', order: 1, ridge: Infinity },
      'ridge must be a finite number >= 0, got Infinity',
    ],
    [
      { forecaster: 'chebyshev', order: 1, span: [4, 4] },
      'span must be two different finite numbers, got [4, 4]',
    ],
    [
      { forecaster: 'chebyshev', order: 2, window: 2 },
      'window must be an integer between order + 1 (3) and 9, got 2',
    ],
    [
      { forecaster: 'chebyshev', order: 2, window: 10 },
      'window must be an integer between order + 1 (3) and 9, got 10',
    ],
    [
      { forecaster: 'toString', order: 2 },
      'forecaster must be "official", "newton", "hermite", "foca" or "chebyshev", got "toString"',
    ],
  ])('%j', (rule, message) => {
    expect(() => compileForecastRule(rule as ForecastRule)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
