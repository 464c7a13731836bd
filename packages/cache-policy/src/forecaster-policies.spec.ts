import { forecastWeights } from '@forecache/core';
import { fullCalls, runOf } from '../test/runs.js';
import {
  compileRunPlan,
  createFocaPolicy,
  createHiCachePolicy,
  createSpectrumPolicy,
  createTaylorSeerPolicy,
  type CachePolicy,
} from './index.js';

/** What a policy makes of a scalar feature, call by call: the truth at full calls, a weighted sum elsewhere. */
function forecasts(policy: CachePolicy, feature: (call: number) => number, calls = 11): number[] {
  const known: number[] = [];
  return compileRunPlan({ policy, run: runOf(calls) }).calls.map(({ action, callIndex }) => {
    if (action.kind === 'full') known.unshift(feature(callIndex));
    if (action.kind === 'full' || action.kind === 'reuse') return known[0] ?? NaN;
    const weights = action.kind === 'forecast' ? action.weights : [];
    return weights.reduce((sum, weight, j) => sum + weight * (known[j] ?? NaN), 0);
  });
}

const at = (values: readonly number[], calls: readonly number[]) =>
  calls.map((call) => Number((values[call] ?? NaN).toFixed(6)));

const square = (call: number) => call ** 2;
const SCHEDULE = { interval: 3, warmup: 3 };
const FORECAST_CALLS = [3, 4, 6, 7, 9, 10];

describe('forecasters on TaylorSeer’s schedule', () => {
  it.each([
    ['hicache', createHiCachePolicy],
    ['foca', createFocaPolicy],
    ['spectrum', createSpectrumPolicy],
  ] as const)('%s computes the same calls as taylorseer', (_name, create) => {
    for (const schedule of [
      { interval: 3, warmup: 1, tail: 0 },
      { interval: 6, warmup: 3, tail: 2 },
    ]) {
      expect(fullCalls(create(schedule))).toEqual(fullCalls(createTaylorSeerPolicy(schedule)));
    }
  });

  /** Exact arithmetic of the released codes: N = 3, warm-up 3, feature s^2. */
  const GOLDEN: [CachePolicy, number[]][] = [
    [createHiCachePolicy({ ...SCHEDULE, order: 1 }), [5.5, 7, 28.5, 32, 70.5, 77]],
    [createHiCachePolicy({ ...SCHEDULE, order: 2 }), [5.5, 7, 28.333333, 32.333333, 70.25, 77.5]],
    [createFocaPolicy({ ...SCHEDULE, order: 8 }), [7, 10, 36, 45, 80, 94.5]],
    [createFocaPolicy({ ...SCHEDULE, order: 8, variant: 'anchored' }), [7, 10, 36, 43, 81, 94]],
  ];

  it.each(GOLDEN)('%s forecasts s^2 as published', (policy, wanted) => {
    expect(at(forecasts(policy, square), FORECAST_CALLS)).toEqual(wanted);
  });

  it('hicache is taylorseer at order 1 and a scale of sqrt(1/2)', () => {
    const hicache = createHiCachePolicy({ ...SCHEDULE, scale: Math.SQRT1_2 });
    const taylorseer = createTaylorSeerPolicy({ ...SCHEDULE, order: 1 });
    expect(at(forecasts(hicache, square), FORECAST_CALLS)).toEqual(
      at(forecasts(taylorseer, square), FORECAST_CALLS),
    );
  });

  it('spectrum without a penalty is exact on a cubic, in any coordinate', () => {
    const cubic = (call: number) => (call - 4) ** 3;
    const policy = createSpectrumPolicy({ interval: 2, warmup: 5, order: 3, ridge: 0 });
    expect(at(forecasts(policy, cubic), [6, 8, 10])).toEqual([8, 64, 216]);
    const sigmas = Array.from({ length: 11 }, (_, call) => 1 / (call + 1));
    const inSigma = createSpectrumPolicy({
      interval: 2,
      warmup: 5,
      order: 1,
      ridge: 0,
      position: 'sigma',
    });
    const plan = compileRunPlan({ policy: inSigma, run: { ...runOf(11), sigmas } });
    const { action } = plan.calls[5] ?? {};
    if (action?.kind !== 'forecast') throw new Error('call 5 must be a forecast');
    const history = [4, 3, 2, 1, 0].map((call) => sigmas[call] ?? NaN);
    expect(action.weights.reduce((sum, w, j) => sum + w * (history[j] ?? NaN), 0)).toBeCloseTo(
      1 / 6,
      12,
    );
  });

  it('spectrum fits the last block’s output over the whole run', () => {
    const { setup, calls } = compileRunPlan({ policy: createSpectrumPolicy(), run: runOf(50) });
    expect(setup.granularity).toBe('hidden');
    const history = [0, 1, 2, 3, 4].map((call) => ({ call, position: call }));
    const rule = { forecaster: 'chebyshev', order: 4, span: [0, 49] } as const;
    const { weights } = forecastWeights({ ...rule, history, at: 5 });
    expect(calls[5]?.action).toEqual({ kind: 'forecast', weights });
  });

  it('spectrum computes 14 calls of 50 by default, as its paper does', () => {
    expect(fullCalls(createSpectrumPolicy())).toHaveLength(14);
  });

  it.each([
    [createHiCachePolicy({ order: 0 })],
    [createFocaPolicy({ order: 0 })],
    [createSpectrumPolicy({ order: 0, window: 1 })],
  ])('%s reuses, as it reads one feature', (policy) => {
    const { calls } = compileRunPlan({ policy, run: runOf(20) });
    expect(new Set(calls.map(({ action }) => action.kind))).toEqual(new Set(['full', 'reuse']));
  });

  it('print their own options', () => {
    expect(createHiCachePolicy().toString()).toBe(
      'hicache(interval=6, order=1, warmup=3, scale=0.5)',
    );
    expect(createFocaPolicy({ tail: 1 }).toString()).toBe(
      'foca(interval=5, order=2, warmup=3, tail=1, variant=literal)',
    );
    expect(createSpectrumPolicy({ window: 6 }).toString()).toBe(
      'spectrum(interval=5, order=4, warmup=5, ridge=0.1, window=6)',
    );
  });

  it('spectrum refuses a window that cannot hold its order', () => {
    expect(() => createSpectrumPolicy({ order: 4, window: 4 })).toThrow(
      'window must be more than order (4), got 4',
    );
  });
});
