import type { TrajectoryGram } from '@forecache/core';
import { ORDERS } from './gap-errors.js';
import { openLoopError, rootMeanSquare, type TaylorForecaster } from './open-loop-error.js';

/** What forecasts of one call are off by, order by order. */
export interface CallErrors {
  readonly call: number;
  /** Root mean square over the places in a gap that the call can have; NaN where an order lacks full calls before it. */
  readonly errors: readonly number[];
}

/** How the forecasts are made. */
export interface OrderErrorOptions {
  readonly forecaster: TaylorForecaster;
  readonly interval: number;
}

/** Errors of every order at every call that order 0 can forecast from every place in a gap. */
export function orderErrors(
  gram: TrajectoryGram,
  { forecaster, interval }: OrderErrorOptions,
): readonly CallErrors[] {
  const offsets = Array.from({ length: interval - 1 }, (_, i) => i + 1);
  const calls = gram.products.map((_, call) => call).filter((call) => call >= interval - 1);
  return calls.map((call) => ({
    call,
    errors: ORDERS.map((order) => {
      if (call - (interval - 1) - order * interval < 0) return NaN;
      const each = offsets.map((offset) =>
        openLoopError(gram, { forecaster, newest: call - offset, interval, order, offset }),
      );
      return rootMeanSquare(each);
    }),
  }));
}

/** Orders whose errors are this near count as equals: a higher one costs memory and gains nothing. */
export const EQUAL_WITHIN = 0.02;

/** Calls from first to last, both included, at which one order is best. */
export interface BestOrder {
  readonly order: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The best order along the run: neighbouring calls with the same one together. Of equals (`EQUAL_WITHIN`)
 * the lowest.
 */
export function bestOrders(calls: readonly CallErrors[]): readonly BestOrder[] {
  const found: BestOrder[] = [];
  for (const { call, errors } of calls) {
    const order = bestOf(errors);
    const before = found.at(-1);
    if (before?.order === order) found[found.length - 1] = { ...before, last: call };
    else found.push({ order, first: call, last: call });
  }
  return found;
}

function bestOf(errors: readonly number[]): number {
  const least = Math.min(...errors.filter((error) => Number.isFinite(error)));
  return errors.findIndex((error) => error <= least * (1 + EQUAL_WITHIN));
}
