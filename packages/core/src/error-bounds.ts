import { derivativeWeights } from './derivative-weights.js';
import { forecastWeights } from './forecast-weights.js';
import { invalidArgument } from './forecast-error.js';
import { MAX_ORDER } from './forecast-rule.js';

/** One forecast on a recorded full run: features of one site by call, and what would be forecast from what. */
export interface RecordedForecast {
  /** Features by call index, all equally long. */
  readonly trajectory: readonly (Float32Array | Float64Array)[];
  /** Call index t of the newest full call; order more lie before it, N apart. */
  readonly newest: number;
  /** N, >= 1. */
  readonly interval: number;
  /** m, 0 .. MAX_ORDER. */
  readonly order: number;
  /** k, >= 1: the forecast is for call newest + k. */
  readonly offset: number;
}

/** A bound beside what it bounds, both Euclidean norms over the feature. */
export interface ErrorBound {
  readonly bound: number;
  /** The norm of forecast minus truth, by eq. (10). */
  readonly trueError: number;
  /** M_{m+1}: the largest norm of the (m+1)-th derivative over the window, as estimated. */
  readonly derivativeBound: number;
  /** C_1 .. C_m of eq. (12), as measured. Empty for the truncation bound. */
  readonly differenceErrors: readonly number[];
}

/** Calls beyond the derivative's own order that an estimate uses, where the recording has them. */
const EXTRA_POINTS = 4;

/**
 * Eq. (11): M_{m+1} |k|^{m+1} / (m+1)!, the remainder of a Taylor polynomial with exact derivatives.
 *
 * Estimated: M_{m+1}, the largest norm of the (m+1)-th derivative over [t, t+k]. It is taken at whole calls only,
 * each from the polynomial through the m + 6 recorded calls nearest to it, so it can be low where the feature moves
 * faster than calls are recorded. TaylorSeer uses differences, not derivatives: for m >= 1 the true error can exceed
 * this bound (s^2 at m = 2 has bound 0 and error N k). The complete bound is the one to trust.
 */
export function truncationBound(forecast: RecordedForecast): ErrorBound {
  assertRecorded(forecast);
  const { order: m, offset: k } = forecast;
  const derivativeBound = largestDerivative(forecast);
  const bound = (derivativeBound * k ** (m + 1)) / factorial(m + 1);
  return { bound, trueError: trueError(forecast), derivativeBound, differenceErrors: [] };
}

/**
 * Eq. (12): eq. (11) plus the sum over i = 1 .. m of C_i |k|^i / (i! |N|^{i-1}).
 *
 * The paper leaves C_i open. Here C_i = |N|^{i-1} times the norm of D_i - F^(i)(t), where D_i is the i-th backward
 * difference over N^i and F^(i)(t) is estimated as in `truncationBound`; then each term is what that difference adds
 * to the error, and the bound follows from the triangle inequality. So C_i is measured, not known in advance, and it
 * grows with N: printed with N in the denominator, eq. (12) would otherwise fall as N rises.
 */
export function completeBound(forecast: RecordedForecast): ErrorBound {
  const truncation = truncationBound(forecast);
  const { order: m, offset: k, interval: N } = forecast;
  const differenceErrors = Array.from({ length: m }, (_, j) => differenceError(forecast, j + 1));
  const bound = differenceErrors.reduce((total, C, j) => {
    const i = j + 1;
    return total + (C * k ** i) / (factorial(i) * N ** (i - 1));
  }, truncation.bound);
  return { ...truncation, bound, differenceErrors };
}

function trueError(forecast: RecordedForecast): number {
  const { newest, interval, order, offset } = forecast;
  const calls = Array.from({ length: order + 1 }, (_, j) => newest - (order - j) * interval);
  const { weights } = forecastWeights({
    forecaster: 'official',
    growth: 'eager',
    history: calls.map((call) => ({ call, position: call })),
    at: newest + offset,
    order,
  });
  return normOfSum(forecast, [...calls.reverse(), newest + offset], [...weights, -1]);
}

function largestDerivative(forecast: RecordedForecast): number {
  let largest = 0;
  for (let call = forecast.newest; call <= forecast.newest + forecast.offset; call++) {
    const { calls, weights } = derivativeAt(forecast, call, forecast.order + 1);
    largest = Math.max(largest, normOfSum(forecast, calls, weights));
  }
  return largest;
}

/** C_i: |N|^{i-1} times the norm of the i-th backward difference over N^i minus the derivative. */
function differenceError(forecast: RecordedForecast, i: number): number {
  const { newest, interval: N } = forecast;
  const difference = Array.from({ length: i + 1 }, (_, j) => (-1) ** j * binomial(i, j));
  const derivative = derivativeAt(forecast, newest, i);
  const calls = [...difference.map((_, j) => newest - j * N), ...derivative.calls];
  const weights = [
    ...difference.map((weight) => weight / N ** i),
    ...derivative.weights.map((weight) => -weight),
  ];
  return N ** (i - 1) * normOfSum(forecast, calls, weights);
}

function derivativeAt({ trajectory }: RecordedForecast, call: number, order: number) {
  const count = Math.min(order + 1 + EXTRA_POINTS, trajectory.length);
  const centred = call - Math.floor(count / 2);
  const first = Math.min(Math.max(centred, 0), trajectory.length - count);
  const calls = Array.from({ length: count }, (_, j) => first + j);
  return { calls, weights: derivativeWeights(calls, call, order) };
}

/** The Euclidean norm of a weighted sum of recorded features. */
function normOfSum(
  { trajectory }: RecordedForecast,
  calls: readonly number[],
  weights: readonly number[],
): number {
  const sum = new Float64Array(trajectory[0]?.length ?? 0);
  calls.forEach((call, j) => {
    trajectory[call]?.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + (weights[j] ?? 0) * value;
    });
  });
  return Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function binomial(n: number, k: number): number {
  return factorial(n) / (factorial(k) * factorial(n - k));
}

function assertRecorded(forecast: RecordedForecast): void {
  const { trajectory, newest, interval, order, offset } = forecast;
  if (!Number.isInteger(order) || order < 0 || order > MAX_ORDER) {
    throw invalidArgument('order', `an integer between 0 and ${MAX_ORDER}`, order);
  }
  if (!isPositive(interval)) throw invalidArgument('interval', 'an integer >= 1', interval);
  if (!isPositive(offset)) throw invalidArgument('offset', 'an integer >= 1', offset);
  const first = order * interval;
  if (trajectory.length <= first + offset) {
    const rule = `at least ${first + offset + 1} calls long`;
    throw invalidArgument('trajectory', rule, trajectory.length);
  }
  const last = trajectory.length - 1 - offset;
  if (!Number.isInteger(newest) || newest < first || newest > last) {
    throw invalidArgument('newest', `an integer between ${first} and ${last}`, newest);
  }
  const odd = trajectory.findIndex((frame) => frame.length !== trajectory[0]?.length);
  if (odd >= 0) {
    const rule = `as long as the first feature (${trajectory[0]?.length})`;
    throw invalidArgument(`trajectory[${odd}]`, rule, trajectory[odd]?.length);
  }
}

function isPositive(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
