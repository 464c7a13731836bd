import type { TrajectoryGram } from '@forecache/core';
import { gapErrors, newestCalls, type GapError } from './gap-errors.js';
import { openLoopError } from './open-loop-error.js';
import { bestOrders, orderErrors } from './order-errors.js';

const CALLS = 50;

/** A feature of two numbers, (value, 1), by call. */
function gramOf(value: (call: number) => number, calls = CALLS): TrajectoryGram {
  const values = Array.from({ length: calls }, (_, call) => value(call));
  return { products: values.map((x) => values.map((y) => x * y + 1)) };
}

function found(gaps: readonly GapError[], wanted: Partial<GapError>): GapError {
  const gap = gaps.find((each) =>
    Object.entries(wanted).every(([name, value]) => each[name as keyof GapError] === value),
  );
  if (gap === undefined) throw new Error(`no gap ${JSON.stringify(wanted)}`);
  return gap;
}

describe('openLoopError', () => {
  it('of reuse on a line is how far the line went, by the size of the truth', () => {
    // Call 7 is (7, 1), of norm √50; reuse of call 4 is off by 3.
    const forecast = { newest: 4, interval: 3, offset: 3, order: 0, forecaster: 'newton' } as const;
    expect(
      openLoopError(
        gramOf((t) => t),
        forecast,
      ),
    ).toBeCloseTo(3 / Math.sqrt(50), 12);
  });

  it('of a square at order 2 is nothing by Newton, N k by the authors', () => {
    // From 0, 3, 6 for 8: 64 is forecast as 36 + 2 · 27/3 + 2²/2 · 18/9 = 58; 6 short.
    const place = { newest: 6, interval: 3, offset: 2, order: 2 };
    const square = gramOf((t) => t * t);
    const size = Math.hypot(64, 1);
    expect(openLoopError(square, { ...place, forecaster: 'newton' })).toBeCloseTo(0, 8);
    expect(openLoopError(square, { ...place, forecaster: 'official' })).toBeCloseTo(6 / size, 8);
  });
});

describe('gapErrors', () => {
  it('looks at every place of every gap, at every order', () => {
    const gaps = gapErrors(gramOf((t) => t));
    // 2 + 4 + 6 places, 5 orders.
    expect(gaps).toHaveLength(60);
    // Full calls 12 to 47, 20 to 45, 28 to 43.
    expect([3, 5, 7].map((N) => found(gaps, { interval: N }).forecasts)).toEqual([36, 26, 16]);
  });

  it('has errors and bounds of 0 on a line from order 1 on', () => {
    const gaps = gapErrors(gramOf((t) => t)).filter(({ order }) => order > 0);
    expect(gaps).toHaveLength(48);
    for (const { official, newton, complete } of gaps) {
      expect(official).toBeLessThan(1e-6);
      expect(newton).toBeLessThan(1e-6);
      expect(complete).toBeLessThan(1e-3);
    }
  });

  it('bounds reuse on a line by exactly its error', () => {
    const gap = found(gapErrors(gramOf((t) => t)), { interval: 5, offset: 2, order: 0 });
    // Off by 2, at the calls from 22 to 47: the median of 2 / √(s² + 1) lies between calls 34 and 35.
    const wanted = (2 / Math.hypot(34, 1) + 2 / Math.hypot(35, 1)) / 2;
    expect(gap.official).toBeCloseTo(wanted, 8);
    expect(gap.newton).toBeCloseTo(wanted, 8);
    expect(gap.complete).toBeCloseTo(wanted, 6);
    expect(gap.aboveComplete).toBe(0);
  });

  it('sees eq. (11) exceeded on a square at order 2, and eq. (12) not', () => {
    const gap = found(gapErrors(gramOf((t) => (t / 10) ** 2)), {
      interval: 5,
      offset: 3,
      order: 2,
    });
    // M_3 is 0, the error 15 / 100.
    expect(gap.forecasts).toBe(26);
    expect(gap.aboveTruncation).toBe(26);
    expect(gap.aboveComplete).toBe(0);
    expect(gap.official).toBeGreaterThan(0.005);
    expect(gap.newton).toBeLessThan(1e-6);
  });

  it('has no newest call in a run that is too short', () => {
    expect(newestCalls(14, 3)).toEqual([]);
    expect(newestCalls(15, 3)).toEqual([12]);
  });
});

describe('orderErrors', () => {
  const newton = { forecaster: 'newton', interval: 3 } as const;

  it('leaves out orders that lack full calls', () => {
    const calls = orderErrors(
      gramOf((t) => t, 12),
      newton,
    );
    expect(calls.map(({ call }) => call)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const known = calls.map(({ errors }) => errors.filter(Number.isFinite).length);
    // Order m needs call 2 + 3 m.
    expect(known).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
  });

  it('takes the root mean square over the places of a gap', () => {
    const [first] = orderErrors(
      gramOf((t) => t, 12),
      newton,
    );
    // Call 2, (2, 1): reuse is off by 1 and by 2.
    expect(first?.errors[0]).toBeCloseTo(Math.sqrt((1 + 4) / 2 / 5), 12);
  });

  it('finds order 1 best on a line as soon as it can be had', () => {
    const found = bestOrders(
      orderErrors(
        gramOf((t) => t, 8),
        newton,
      ),
    );
    expect(found).toEqual([
      { order: 0, first: 2, last: 4 },
      { order: 1, first: 5, last: 7 },
    ]);
  });

  it('takes the lowest of orders that are nearly as good', () => {
    const errors = [
      [1.01, 1, NaN],
      [1.1, 1.01, 1],
      [3, 1.03, 1],
    ];
    const calls = errors.map((each, call) => ({ call, errors: each }));
    expect(bestOrders(calls)).toEqual([0, 1, 2].map((i) => ({ order: i, first: i, last: i })));
    expect(bestOrders([])).toEqual([]);
  });
});
