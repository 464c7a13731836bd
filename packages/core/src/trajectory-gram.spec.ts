import { seededNumbers } from '../test/exponentials.js';
import { forecastWeights } from './forecast-weights.js';
import { gramFromFeatures } from './gram-from-features.js';
import {
  driftSquared,
  errorCombination,
  fitWeights,
  forecastErrorSquared,
  squaredNorm,
  sumGrams,
  type LinearForecast,
  type TrajectoryGram,
} from './trajectory-gram.js';

const CALLS = 12;
const LENGTH = 200;

/** Features that move smoothly, of one run a seed. */
function trajectory(seed: number): Float32Array[] {
  const next = seededNumbers(seed);
  const [base, slope, curve] = [0, 1, 2].map(() => Array.from({ length: LENGTH }, next));
  return Array.from({ length: CALLS }, (_, call) => {
    const t = call / CALLS;
    return Float32Array.from(
      { length: LENGTH },
      (_value, k) =>
        (base?.[k] ?? NaN) + t * (slope?.[k] ?? NaN) + Math.sin(5 * t) * (curve?.[k] ?? NaN),
    );
  });
}

function gramOf(features: readonly Float32Array[]): TrajectoryGram {
  return { products: gramFromFeatures(features) };
}

/** The error of a forecast as an executed forecast has it. */
function executedError(features: readonly Float32Array[], forecast: LinearForecast): Float64Array {
  return Float64Array.from({ length: LENGTH }, (_, k) => {
    const sum = forecast.sources.reduce(
      (total, call, i) => total + (forecast.weights[i] ?? NaN) * (features[call]?.[k] ?? NaN),
      0,
    );
    return sum - (features[forecast.target]?.[k] ?? NaN);
  });
}

function lengthSquared(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x * x, 0);
}

const LINE: LinearForecast = { target: 8, sources: [6, 3], weights: [5 / 3, -2 / 3] };

describe('trajectory Gram', () => {
  it('answers the squared error of an executed forecast to 1e-6', () => {
    const features = trajectory(1);
    const wanted = lengthSquared(executedError(features, LINE));
    expect(forecastErrorSquared(gramOf(features), LINE) / wanted).toBeCloseTo(1, 6);
  });

  it('answers for the weights of every order of TaylorSeer', () => {
    const features = trajectory(2);
    const history = [3, 6, 9].map((call) => ({ call, position: call }));
    for (const order of [0, 1, 2]) {
      const { weights, positions } = forecastWeights({
        forecaster: 'official',
        order,
        history,
        at: 11,
      });
      const forecast = { target: 11, sources: positions, weights };
      const wanted = lengthSquared(executedError(features, forecast));
      expect(forecastErrorSquared(gramOf(features), forecast) / wanted).toBeCloseTo(1, 6);
    }
  });

  it('is off by the weights at the sources and -1 at the target', () => {
    const gram = gramOf(trajectory(3).slice(0, 4));
    const forecast = { target: 3, sources: [2, 0], weights: [1.5, -0.5] };
    expect(errorCombination(gram, forecast)).toEqual([-0.5, 0, 1.5, -1]);
  });

  it('sees errors cancel in the drift of a run', () => {
    // Features 0, 1, 2, ... of one number: reuse of call 1 is off by -1 at call 2, reuse of call 3 by +1.
    const gram = gramOf([0, 1, 2, 3].map((x) => Float32Array.of(x)));
    const forecasts = [
      { target: 2, sources: [1], weights: [1] },
      { target: 2, sources: [3], weights: [1] },
    ];
    expect(driftSquared(gram, forecasts, [1, 1, 1, 1])).toBe(0);
    expect(driftSquared(gram, forecasts.slice(0, 1), [1, 1, -3, 1])).toBe(9);
  });

  it('gives the drift of executed forecasts', () => {
    const features = trajectory(4);
    const steps = Array.from({ length: CALLS }, (_, call) => -0.1 - 0.01 * call);
    const forecasts = [7, 8].map((target) => ({ ...LINE, target }));
    const sum = new Float64Array(LENGTH);
    for (const forecast of forecasts) {
      executedError(features, forecast).forEach((x, k) => {
        sum[k] = (sum[k] ?? NaN) + x * (steps[forecast.target] ?? NaN);
      });
    }
    expect(driftSquared(gramOf(features), forecasts, steps) / lengthSquared(sum)).toBeCloseTo(1, 6);
  });

  it('adds the squared errors of runs', () => {
    const grams = [5, 6].map((seed) => gramOf(trajectory(seed)));
    const apart = grams.reduce((sum, gram) => sum + forecastErrorSquared(gram, LINE), 0);
    expect(forecastErrorSquared(sumGrams(grams), LINE) / apart).toBeCloseTo(1, 10);
    expect(sumGrams([])).toEqual({ products: [] });
  });

  it('finds the weights of a feature that is a combination of others', () => {
    // The trajectory has three directions, so that three calls give every other one.
    const gram = gramOf(trajectory(7));
    const sources = [9, 5, 1];
    const weights = fitWeights(gram, { target: 11, sources });
    const left = forecastErrorSquared(gram, { target: 11, sources, weights });
    expect(left / (gram.products[11]?.[11] ?? NaN)).toBeLessThan(1e-10);
  });

  it('finds no better weights nearby', () => {
    const gram = sumGrams([8, 9].map((seed) => gramOf(trajectory(seed))));
    const sources = [6, 3];
    const weights = fitWeights(gram, { target: 8, sources });
    const best = forecastErrorSquared(gram, { target: 8, sources, weights });
    expect(best).toBeLessThan(forecastErrorSquared(gram, LINE));
    for (const [i, change] of [0, 1].flatMap((each) => [
      [each, 1e-3] as const,
      [each, -1e-3] as const,
    ])) {
      const moved = weights.map((weight, j) => (i === j ? weight + change : weight));
      expect(forecastErrorSquared(gram, { target: 8, sources, weights: moved })).toBeGreaterThan(
        best,
      );
    }
  });

  it('goes from the best weights to the prior as the ridge grows', () => {
    const gram = gramOf(trajectory(10));
    const forecast = { target: 8, sources: [6, 3] };
    const prior = LINE.weights;
    const distances = [0, 0.01, 1, 1e9].map((ridge) => {
      const weights = fitWeights(gram, forecast, { ridge, prior });
      return Math.hypot(...weights.map((weight, i) => weight - (prior[i] ?? NaN)));
    });
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(distances[3]).toBeLessThan(1e-6);
  });

  it('is never negative', () => {
    const gram = gramOf([Float32Array.of(1e8), Float32Array.of(1e8)]);
    expect(squaredNorm(gram, [1, -1])).toBe(0);
  });

  it.each([
    [{ target: 12, sources: [1], weights: [1] }, 'target must be an integer in 0..11, got 12'],
    [{ target: 1, sources: [], weights: [] }, 'sources must be at least one call, got []'],
    [
      { target: 1, sources: [0, -1], weights: [1, 1] },
      'sources[1] must be an integer in 0..11, got -1',
    ],
    [
      { target: 1, sources: [0.5], weights: [1] },
      'sources[0] must be an integer in 0..11, got 0.5',
    ],
    [
      { target: 1, sources: [0], weights: [1, 2] },
      'weights.length must be one a source (1), got 2',
    ],
  ])('refuses %o', (forecast, message) => {
    expect(() => forecastErrorSquared(gramOf(trajectory(1)), forecast)).toThrow(message);
  });

  it('refuses what has no answer', () => {
    const gram = gramOf(trajectory(1));
    expect(() => squaredNorm(gram, [1])).toThrow(
      'coefficients.length must be one a call (12), got 1',
    );
    expect(() => driftSquared(gram, [], [1])).toThrow(
      'steps.length must be one a call (12), got 1',
    );
    expect(() => fitWeights(gram, { target: 2, sources: [1] }, { ridge: -1 })).toThrow(
      'ridge must be a finite number >= 0, got -1',
    );
    expect(() => fitWeights(gram, { target: 2, sources: [1, 1] })).toThrow(
      'sources must be independent of each other, or ridge > 0, got [1, 1]',
    );
    expect(() => sumGrams([gram, { products: [] }])).toThrow(
      'grams[1].products.length must be as in the first run (12), got 0',
    );
  });
});
