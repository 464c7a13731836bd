import { assertCallPositions, type CallPosition } from './call-position.js';
import { chebyshevWeights } from './chebyshev-weights.js';
import { focaWeights } from './foca-weights.js';
import { ForecastError, invalidArgument } from './forecast-error.js';
import {
  compileForecastRule,
  featuresRead,
  type CompiledForecastRule,
  type ForecastRule,
} from './forecast-rule.js';
import { hermiteWeights } from './hermite-weights.js';
import { newtonWeights } from './newton-weights.js';
import { officialWeights } from './official-weights.js';

/** What to forecast from, where, and by which rule. */
export type ForecastOptions = ForecastRule & {
  /** True features by call and position, oldest first. Only the newest `featuresRead(rule)` matter. */
  readonly history: readonly CallPosition[];
  /** Position of the call to forecast. One behind the newest interpolates; foca takes none. */
  readonly at: number;
};

/** Numbers that turn stored features into a forecast: the sum of weights[j] * feature[j]. */
export interface ForecastWeights {
  /** Newest feature first; they sum to 1, but for chebyshev's with a ridge, which shrinks the constant as well. */
  readonly weights: number[];
  /** Position of the feature that each weight belongs to, newest first. */
  readonly positions: number[];
  /** Highest difference, or degree, that was used. */
  readonly order: number;
}

/**
 * The weights of a forecast, newest feature first. Paper: eq. (10), written as a weighted sum of features
 * instead of differences. They depend on positions only, so they are known before a run starts.
 */
export function forecastWeights(options: ForecastOptions): ForecastWeights {
  const { history, at } = options;
  const rule = compileForecastRule(options);
  assertTarget(at, history);
  const newest = history.slice(-featuresRead(rule));
  const weights = weightsFor(rule, newest, at);
  if (!weights.every(Number.isFinite)) throw overflowError(newest, at);
  const used = newest.slice(-weights.length).reverse();
  return {
    weights,
    positions: used.map((entry) => entry.position),
    order: Math.min(rule.order, weights.length - 1),
  };
}

function weightsFor(
  rule: CompiledForecastRule,
  entries: readonly CallPosition[],
  at: number,
): number[] {
  const positions = entries.map((entry) => entry.position);
  switch (rule.forecaster) {
    case 'official':
      return officialWeights({ entries, ...rule }, at);
    case 'newton':
      return newtonWeights(positions, at);
    case 'hermite':
      return hermiteWeights({ entries, ...rule }, { at, scale: rule.scale });
    case 'foca':
      return focaWeights(entries, { at, variant: rule.variant });
    case 'chebyshev': {
      const degree = Math.min(rule.order, entries.length - 1);
      return chebyshevWeights({ ...rule, positions, at, degree });
    }
  }
}

function assertTarget(at: number, history: readonly CallPosition[]): void {
  if (!Number.isFinite(at)) throw invalidArgument('at', 'a finite number', at);
  if (history.length === 0) throw new ForecastError('failed-precondition', 'no history');
  assertCallPositions(history);
}

function overflowError(entries: readonly CallPosition[], at: number): ForecastError {
  const positions = entries.map((entry) => entry.position).join(', ');
  return new ForecastError(
    'invalid-argument',
    `weights must be finite, but positions [${positions}] are too close together to forecast at ${at}`,
  );
}
