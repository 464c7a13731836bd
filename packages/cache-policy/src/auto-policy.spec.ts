import { playedFullCalls, runOf } from '../test/runs.js';
import { steps, walk } from './conformance-walk.js';
import {
  createAutoPolicy,
  createPolicy,
  decideCall,
  isFullCall,
  withStepMask,
  type AutoOptions,
  type CachePolicy,
} from './index.js';

/** A host with this feature, which reports the inner products of the newest but at the calls in `silent`. */
function gramHost(featureAt: (call: number) => readonly number[], silent: readonly number[] = []) {
  const stored: (readonly number[])[] = [];
  const inner = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, k) => sum + value * (b[k] ?? NaN), 0);
  return {
    before: () => ({}),
    run(callIndex: number, kind: string): Record<string, number> {
      if (kind !== 'full') return {};
      stored.unshift(featureAt(callIndex));
      if (silent.includes(callIndex)) return {};
      const newest = stored.slice(0, 4);
      return Object.fromEntries(
        newest.flatMap((a, i) =>
          newest.slice(i).map((b, offset) => [`gram.${i}.${i + offset}`, inner(a, b)]),
        ),
      );
    },
  };
}

/** Turns slowly, then fast: the frequency doubles along the run. */
const chirp = (call: number) => [Math.cos((call / 20) ** 2), Math.sin((call / 20) ** 2), 1];
const cubic = (call: number) => [call ** 3, 500];
const constant = () => [3, 4];

const plansOf = (options: AutoOptions, featureAt = chirp, calls = 50) =>
  walk({ policy: createAutoPolicy(options), run: runOf(calls), host: gramHost(featureAt) });
const fullOf = (plans: ReturnType<typeof walk>) =>
  plans.filter(isFullCall).map(({ callIndex }) => callIndex);

describe('auto', () => {
  it('computes fewer calls the larger the budget', () => {
    const counts = [0, 0.5, 1, 2, 4, 8, 16].map(
      (max_error) => fullOf(plansOf({ max_error })).length,
    );
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(counts[0]).toBe(50);
    expect(new Set(counts).size).toBe(7);
  });

  it('with newton keeps every forecast of a cubic within the budget, once it knows order 2', () => {
    const options = { max_error: 2, forecaster: 'newton', warmup: 4 } as const;
    const known: number[] = [];
    let forecasts = 0;
    for (const { action, callIndex } of plansOf(options, cubic)) {
      if (action.kind === 'full') known.unshift(callIndex);
      if (action.kind !== 'forecast') continue;
      const error = cubic(callIndex).map((truth, k) =>
        action.weights.reduce(
          (sum, weight, j) => sum + weight * (cubic(known[j] ?? NaN)[k] ?? NaN),
          -truth,
        ),
      );
      forecasts++;
      expect(Math.hypot(...error) / Math.hypot(...cubic(known[0] ?? NaN))).toBeLessThanOrEqual(
        0.02,
      );
    }
    expect(forecasts).toBeGreaterThan(20);
  });

  it('stops at the first forecast above the budget', () => {
    // Through 0, 1, 8 and 27 a parabola is off by 3! = 6 at call 4, of a norm of |(27, 500)| = 500.7: 1.198 %.
    const fifth = (max_error: number) =>
      plansOf({ max_error, warmup: 4, tail: 0 }, cubic, 6)[4]?.action.kind;
    expect([1.19, 1.2].map(fifth)).toEqual(['full', 'forecast']);
  });

  it('lets an interval grow by half and a call, up to the longest', () => {
    // Nothing changes, so no budget is ever used up: 1, then 2, 4, 7, 7.
    const plans = plansOf({ max_error: 1, tail: 0 }, constant, 40);
    expect(fullOf(plans)).toEqual([0, 1, 2, 4, 8, 15, 22, 29, 36]);
    expect(fullOf(plansOf({ max_error: 1, tail: 0, max_interval: 3 }, constant, 13))).toEqual([
      0, 1, 2, 4, 7, 10,
    ]);
  });

  it('without a budget computes all, also where nothing changes', () => {
    expect(fullOf(plansOf({ max_error: 0 }, constant, 6))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(fullOf(plansOf({ max_interval: 1 }, constant, 6))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('computes what comes after a change that it did not expect, and stretches again', () => {
    const jump = (call: number) => [1, call < 20 ? 0 : 0.5 + call / 10];
    expect(fullOf(plansOf({ max_error: 5, tail: 0 }, jump, 40))).toEqual([
      0, 1, 2, 4, 8, 15, 22, 23, 25, 29, 36,
    ]);
  });

  it('forecasts a line by FoCa, or by the polynomial that is enough for it', () => {
    const line = (call: number) => [100 + call, 0];
    const action = (options: AutoOptions) => plansOf(options, line)[3]?.action;
    expect(action({})).toMatchObject({ kind: 'forecast', weights: { length: 3 } });
    expect(action({ forecaster: 'newton' })).toEqual({ kind: 'forecast', weights: [2, -1] });
  });

  it('computes after a full call whose inner products are missing', () => {
    const host = gramHost(constant, [4, 5]);
    const plans = walk({ policy: createAutoPolicy({ tail: 0 }), run: runOf(9), host });
    expect(fullOf(plans)).toEqual([0, 1, 2, 4, 5, 6, 8]);
  });

  it('computes after a full call that it was never told of', () => {
    const policy = createAutoPolicy();
    for (const { context } of steps({ policy, run: runOf(12), host: gramHost(constant) })) {
      if (context.callIndex !== 5) continue;
      expect(decideCall(policy, context).action.kind).toBe('forecast');
      const forced = { ...context, fullCalls: [...context.fullCalls, 4.5] };
      expect(decideCall(policy, forced).action.kind).toBe('full');
    }
  });

  it('goes on from a full call that a mask forces', () => {
    const mask = Array.from({ length: 40 }, (_, call) => call === 10);
    const policy: CachePolicy = withStepMask(mask, createAutoPolicy({ tail: 0 }));
    const plans = walk({ policy, run: runOf(40), host: gramHost(constant) });
    // 8 to 10 is an interval of 2, so 4 may follow.
    expect(fullOf(plans)).toEqual([0, 1, 2, 4, 8, 10, 14, 21, 28, 35]);
  });

  it('computes where the feature is all 0, which has no relative error', () => {
    const zeros = new Proxy({}, { get: () => 0 });
    expect(playedFullCalls(createAutoPolicy(), 6, { after: () => zeros })).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });

  it.each([
    ['1%', 'auto(max_error=1, warmup=3, tail=1)'],
    ['1', 'auto(max_error=1, warmup=3, tail=1)'],
    ['0.5 %', 'auto(max_error=0.5, warmup=3, tail=1)'],
  ])('takes a budget of %s', (max_error, printed) => {
    expect(createPolicy({ name: 'auto', options: { max_error } }).toString()).toBe(printed);
  });

  it.each(['-1%', '101%', '1%%', '%', '1e999%'])('refuses a budget of %s', (max_error) => {
    expect(() => createPolicy({ name: 'auto', options: { max_error } })).toThrow(
      `max_error must be a number of per cent between 0 and 100, with or without the sign: 1% and 1 are the same, got "${max_error}"`,
    );
  });

  it('follows no preset, and says why', () => {
    const options = { preset: 'demo-euler-50' };
    expect(() => createPolicy({ name: 'auto', options })).toThrow(
      'auto does not take preset: weights of a preset make up for each other’s errors, ' +
        'so a run follows it to the end, as policy preset does',
    );
  });

  it('pays back what it was off by: the sampler ends nearer to the full run', () => {
    const movedBy = (options: AutoOptions) => {
      const known: number[] = [];
      const off = [0, 0, 0];
      for (const { action, callIndex } of plansOf({ max_error: 8, ...options })) {
        if (action.kind === 'full') known.unshift(callIndex);
        if (action.kind !== 'forecast') continue;
        expect(action.weights.length).toBeLessThanOrEqual(4);
        chirp(callIndex).forEach((truth, k) => {
          off[k] =
            (off[k] ?? NaN) +
            action.weights.reduce(
              (sum, w, j) => sum + w * (chirp(known[j] ?? NaN)[k] ?? NaN),
              -truth,
            );
        });
      }
      return { full: known, off: Math.hypot(...off) };
    };
    const [on, off] = [movedBy({}), movedBy({ payback: 'off' })];
    expect(on.full).toEqual(off.full);
    expect(on.off).toBeLessThan(0.75 * off.off);
  });

  it('owes nothing from another run or another branch', () => {
    const policy = createAutoPolicy({ max_error: 8 });
    const weightsOf = (plans: ReturnType<typeof walk>) => plans.map(({ action }) => action);
    const walked = () => walk({ policy, run: runOf(50), host: gramHost(chirp) });
    const first = weightsOf(walked());
    policy.reset();
    expect(weightsOf(walked())).toEqual(first);
  });

  it('owes nothing for a gap whose full call told nothing', () => {
    // Call 3 is forecast, 4 is full. What 3 was off by is in the weights of 5, or, with 4 silent and 5 full, in none.
    const actions = (silent: readonly number[], payback: 'on' | 'off') => {
      const policy = createAutoPolicy({ max_error: 100, tail: 0, payback });
      const plans = walk({ policy, run: runOf(8), host: gramHost(chirp, silent) });
      return plans.map(({ action }) => action);
    };
    expect(actions([4], 'on')[6]).toEqual(actions([4], 'off')[6]);
    expect(actions([], 'on')[5]).not.toEqual(actions([], 'off')[5]);
  });

  it('needs one kept site and four features', () => {
    const policy = createAutoPolicy();
    expect(policy.granularities).toEqual(['output', 'hidden', 'residual', 'change']);
    expect(policy.historySize).toBe(4);
    expect(policy.setup(runOf(9), 'output').probes).toEqual([
      { kind: 'feature-gram', count: 4, site: '' },
    ]);
  });
});
