import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallPosition } from './call-position.js';
import { featuresRead, type ForecastRule } from './forecast-rule.js';
import { forecastWeights } from './forecast-weights.js';

/** Doubles of the same formula; only the last bits of a function such as cos may differ between machines. */
const DIGITS = 12;

interface GoldenCase {
  readonly title: string;
  readonly rule: ForecastRule;
  /** Oldest first. */
  readonly history: readonly CallPosition[];
  readonly at: number;
  /** One small vector a feature, oldest first. */
  readonly features: readonly (readonly number[])[];
  /** Features that a host stores for this case. */
  readonly slots: number;
  readonly expected: {
    /** Newest first. */
    readonly weights: readonly number[];
    readonly order: number;
    readonly forecast: readonly number[];
  };
}

const path = join(__dirname, '..', 'golden', 'forecast-weights.json');
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

describe('golden/forecast-weights.json, which the Python package reads too', () => {
  it('has every forecaster', () => {
    const forecasters = new Set(cases.map(({ rule }) => rule.forecaster));
    expect([...forecasters].sort()).toEqual(['chebyshev', 'foca', 'hermite', 'newton', 'official']);
  });

  it.each(cases)('holds the weights of $title', ({ rule, history, at, slots, expected }) => {
    const { weights, order } = forecastWeights({ ...rule, history, at });
    expect(weights).toHaveLength(expected.weights.length);
    weights.forEach((weight, j) => expect(weight).toBeCloseTo(expected.weights[j] ?? NaN, DIGITS));
    expect(order).toBe(expected.order);
    expect(slots).toBe(Math.min(history.length, featuresRead(rule)));
  });

  it.each(cases)('holds the forecast of $title', ({ rule, history, at, features, expected }) => {
    const { weights } = forecastWeights({ ...rule, history, at });
    const forecast = expected.forecast.map((_, k) =>
      weights.reduce((sum, w, j) => sum + w * (features.at(-1 - j)?.[k] ?? NaN), 0),
    );
    forecast.forEach((value, k) => expect(value).toBeCloseTo(expected.forecast[k] ?? NaN, DIGITS));
  });
});
