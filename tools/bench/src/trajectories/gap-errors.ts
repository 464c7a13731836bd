import {
  completeBound,
  principalComponents,
  truncationBound,
  type RecordedForecast,
  type TrajectoryGram,
} from '@forecache/core';
import { median } from './median.js';
import { openLoopError, squareOf } from './open-loop-error.js';

/** Intervals that are looked at. */
export const INTERVALS = [3, 5, 7] as const;

/** Orders that are looked at: those of the paper's Table 4. */
export const ORDERS = [0, 1, 2, 3, 4] as const;

/** Forecasts of one interval, place in the gap and order, over the run; sizes are medians of relative ones. */
export interface GapError {
  readonly interval: number;
  readonly offset: number;
  readonly order: number;
  /** Error of the authors' Taylor polynomial, which the bounds are for. */
  readonly official: number;
  /** Error of the interpolating polynomial. */
  readonly newton: number;
  /** Eq. (11). */
  readonly truncation: number;
  /** Eq. (12). */
  readonly complete: number;
  readonly forecasts: number;
  /** Forecasts whose true error (official) is above eq. (11), and above eq. (12). */
  readonly aboveTruncation: number;
  readonly aboveComplete: number;
}

/**
 * Errors and bounds of every gap, from the Gram matrix alone: all principal components are the trajectory up to a shift
 * and a rotation, and neither changes an error or a derivative. Every call is taken for the newest full one that has four
 * full calls before it and a whole gap behind it, so that all orders are compared on the same forecasts.
 */
export function gapErrors(gram: TrajectoryGram): readonly GapError[] {
  const calls = gram.products.length;
  const trajectory = principalComponents(gram, calls).coordinates.map((at) =>
    Float64Array.from(at),
  );
  return INTERVALS.flatMap((interval) =>
    range(1, interval - 1).flatMap((offset) =>
      ORDERS.map((order) => gapError(gram, { trajectory, interval, order, offset })),
    ),
  );
}

/** Newest full calls that every order can forecast a whole gap from; empty for a short run. */
export function newestCalls(calls: number, interval: number): readonly number[] {
  return range(Math.max(...ORDERS) * interval, calls - interval);
}

function gapError(gram: TrajectoryGram, forecast: Omit<RecordedForecast, 'newest'>): GapError {
  const { interval, order, offset } = forecast;
  const measured = newestCalls(gram.products.length, interval).map((newest) => {
    const recorded = { ...forecast, newest };
    const { bound, trueError } = completeBound(recorded);
    const truncation = truncationBound(recorded).bound;
    const place = { newest, interval, order, offset };
    return {
      size: Math.sqrt(squareOf(gram, newest + offset)),
      complete: bound,
      truncation,
      trueError,
      newton: openLoopError(gram, { ...place, forecaster: 'newton' }),
    };
  });
  const relative = (value: (each: (typeof measured)[number]) => number) =>
    median(measured.map((each) => value(each) / each.size));
  // A bound that is met with equality, as every one of order 0 on a line, is not exceeded by its rounding.
  const isAbove = (error: number, bound: number) => error > bound * (1 + 1e-6);
  return {
    interval,
    offset,
    order,
    official: relative(({ trueError }) => trueError),
    newton: median(measured.map(({ newton }) => newton)),
    truncation: relative(({ truncation }) => truncation),
    complete: relative(({ complete }) => complete),
    forecasts: measured.length,
    aboveTruncation: measured.filter((each) => isAbove(each.trueError, each.truncation)).length,
    aboveComplete: measured.filter((each) => isAbove(each.trueError, each.complete)).length,
  };
}

/** Whole numbers from first to last, both included; none where last < first. */
function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
