import type * as Core from '@forecache/core';
import { dmdModes } from '@forecache/core';
import { fullCalls, runOf } from '../test/runs.js';
import { hostFor, steps, walk } from './conformance-walk.js';
import {
  createDmdPolicy,
  createTaylorSeerPolicy,
  decideCall,
  isFullCall,
  withStepMask,
  type CachePolicy,
} from './index.js';

// Counted, not replaced.
jest.mock('@forecache/core', () => {
  const core = jest.requireActual<typeof Core>('@forecache/core');
  return { ...core, dmdModes: jest.fn(core.dmdModes) };
});

/** A decay, an oscillation and a constant in three directions of their own. */
const featureAt = (call: number) => [
  0.9 ** call,
  0.8 ** call * Math.cos(call / 3),
  0.8 ** call * Math.sin(call / 3),
  2,
];

/** A host that reports the inner products of its newest features. */
function gramHost(count: number, skipReportAt = -1) {
  const stored: number[][] = [];
  return {
    before: () => ({}),
    run(callIndex: number, kind: string): Record<string, number> {
      if (kind !== 'full') return {};
      stored.unshift(featureAt(callIndex));
      if (callIndex === skipReportAt) return {};
      const newest = stored.slice(0, count);
      return Object.fromEntries(
        newest.flatMap((left, i) =>
          newest
            .slice(i)
            .map((right, offset) => [
              `gram.${i}.${i + offset}`,
              left.reduce((sum, value, k) => sum + value * (right[k] ?? NaN), 0),
            ]),
        ),
      );
    },
  };
}

const plansOf = (policy: CachePolicy, host = gramHost(9)) => walk({ policy, run: runOf(40), host });

describe('dmd', () => {
  const options = { interval: 4, warmup: 3, snapshots: 6 };

  it('computes the same calls as taylorseer', () => {
    const full = plansOf(createDmdPolicy(options)).filter(isFullCall);
    expect(full.map(({ callIndex }) => callIndex)).toEqual(
      fullCalls(createTaylorSeerPolicy({ interval: 4 }), 40),
    );
  });

  it('is exact on sums of exponentials, once enough full calls are evenly spaced', () => {
    const known: number[] = [];
    for (const { action, callIndex } of plansOf(createDmdPolicy(options))) {
      if (action.kind === 'full') known.unshift(callIndex);
      if (action.kind !== 'forecast' || callIndex < 22) continue;
      featureAt(callIndex).forEach((truth, k) => {
        const forecast = action.weights.reduce(
          (sum, weight, j) => sum + weight * (featureAt(known[j] ?? NaN)[k] ?? NaN),
          0,
        );
        expect(forecast).toBeCloseTo(truth, 6);
      });
    }
    expect(known[0]).toBe(38);
  });

  it('is taylorseer until four full calls are evenly spaced', () => {
    const taylor = createTaylorSeerPolicy({ interval: 4, order: 1 });
    const own = plansOf(createDmdPolicy(options));
    const theirs = walk({ policy: taylor, run: runOf(40), host: hostFor(taylor, runOf(40)) });
    // Full calls 0, 1, 2, 6, 10, 14: evenly spaced from 2 on, so four of them at 14.
    expect(own.slice(0, 14)).toEqual(theirs.slice(0, 14));
    expect(own[15]?.action).toMatchObject({ kind: 'forecast', weights: { length: 4 } });
    expect(own[19]?.action).toMatchObject({ kind: 'forecast', weights: { length: 5 } });
    expect(own[39]?.action).toMatchObject({ kind: 'forecast', weights: { length: 6 } });
  });

  it('is taylorseer again after a full call off the grid', () => {
    const mask = Array.from({ length: 40 }, (_, call) => call === 20);
    const plans = plansOf(withStepMask(mask, createDmdPolicy(options)));
    expect(plans[19]?.action).toMatchObject({ weights: { length: 5 } });
    expect(plans[21]?.action).toMatchObject({ weights: { length: 2 } });
  });

  it('computes after a full call whose inner products are missing', () => {
    const plans = plansOf(createDmdPolicy(options), gramHost(9, 18));
    expect(plans.slice(18, 21).map(({ action }) => action.kind)).toEqual([
      'full',
      'full',
      'forecast',
    ]);
  });

  it('computes after a full call that it was never told of', () => {
    const policy = createDmdPolicy(options);
    const context = { run: runOf(40), branch: 'joint', scalars: {} };
    const ones = new Proxy({}, { get: () => 1 });
    policy.observe(
      { ...context, callIndex: 10, fullCalls: [0, 1, 2, 6] },
      { kind: 'full', scalars: ones },
    );
    const at = (callIndex: number, fullCalls: readonly number[]) =>
      policy.decide({ ...context, callIndex, fullCalls }).kind;
    expect(at(11, [0, 1, 2, 6, 10])).toBe('forecast');
    expect(at(15, [0, 1, 2, 6, 10, 14])).toBe('full');
  });

  it('is taylorseer where the features are all 0', () => {
    const policy = createDmdPolicy(options);
    const zeros = new Proxy({}, { get: () => 0 });
    const context = { run: runOf(40), branch: 'joint', scalars: {} };
    const earlier = [0, 1, 2, 6, 10];
    policy.observe(
      { ...context, callIndex: 14, fullCalls: earlier },
      { kind: 'full', scalars: zeros },
    );
    const plan = decideCall(policy, { ...context, callIndex: 15, fullCalls: [...earlier, 14] });
    expect(plan.action).toEqual({ kind: 'forecast', weights: [1.25, -0.25] });
  });

  it('finds modes once a full call, however often it is asked in between', () => {
    const counted = jest.mocked(dmdModes).mockClear();
    const policy = createDmdPolicy(options);
    const found: number[] = [];
    for (const { context } of steps({ policy, run: runOf(40), host: gramHost(9) })) {
      for (let again = 0; again < 10; again++) policy.decide(context);
      found.push(counted.mock.calls.length);
    }
    // Full calls 0, 1, 2, 6, 10, 14, 18 ...: the first with four evenly spaced is 14.
    const evenCalls = [14, 18, 22, 26, 30, 34, 38];
    expect(found).toEqual(found.map((_, call) => evenCalls.filter((full) => full < call).length));
  });

  it('needs one kept site and the history for its snapshots', () => {
    const policy = createDmdPolicy({ snapshots: 7, order: 8 });
    expect(policy.granularities).toEqual(['output', 'hidden', 'residual', 'change']);
    expect(policy.historySize).toBe(9);
    expect(createDmdPolicy({ snapshots: 7 }).historySize).toBe(7);
    expect(policy.setup(runOf(9), 'output').probes).toEqual([
      { kind: 'feature-gram', count: 7, site: '' },
    ]);
  });
});
