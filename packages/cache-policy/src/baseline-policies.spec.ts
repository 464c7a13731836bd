import { every, fromFalling, fullCalls, runOf } from '../test/runs.js';
import {
  compileRunPlan,
  createFewerStepsPolicy,
  createForaPolicy,
  createFullPolicy,
  createTaylorSeerPolicy,
} from './index.js';
import { TEST_NETWORK } from './synthetic-host.js';

describe('fora', () => {
  it.each([
    [3, [49, ...every(3, 0, 48).reverse()], 18],
    [4, [49, ...every(4, 0, 48).reverse()], 14],
    [5, [49, ...every(5, 0, 45).reverse()], 11],
    [6, [49, ...every(6, 0, 48).reverse()], 10],
    [7, every(7, 0, 49).reverse(), 8],
  ])('at N=%i computes the released full steps', (interval, steps, count) => {
    const calls = fullCalls(createForaPolicy({ interval }));
    expect(calls).toEqual(fromFalling(...steps));
    expect(calls).toHaveLength(count);
  });

  it.each([5, 7])('differs from taylorseer with warmup 2 at N=%i', (interval) => {
    const taylorseer = fullCalls(createTaylorSeerPolicy({ interval, warmup: 2 }));
    const fora = fullCalls(createForaPolicy({ interval }));
    expect(fora).not.toEqual(taylorseer);
    expect(fora).toHaveLength(taylorseer.length);
  });

  it('reuses between full calls', () => {
    const { calls, setup } = compileRunPlan({ policy: createForaPolicy(), run: runOf(5) });
    // (4 - call) mod 3 = 0 at 1 and 4; call 0 by rule.
    expect(calls.map((call) => call.action.kind)).toEqual([
      'full',
      'full',
      'reuse',
      'reuse',
      'full',
    ]);
    expect(setup.historySize).toBe(1);
  });

  it('is off at interval 1, and refuses 0', () => {
    expect(fullCalls(createForaPolicy({ interval: 1 }), 4)).toEqual([0, 1, 2, 3]);
    expect(() => createForaPolicy({ interval: 0 })).toThrow(
      'interval must be an integer >= 1, got 0',
    );
  });
});

describe('full', () => {
  it('computes every call and stores nothing', () => {
    const plan = compileRunPlan({ policy: createFullPolicy(), run: runOf(3) });
    expect(plan).toMatchObject({
      fullCalls: [0, 1, 2],
      forecastCalls: [],
      setup: { historySize: 0, sites: [], probes: [] },
      steps: 3,
    });
    expect(plan.warnings).toEqual(['nothing will be skipped: the policy is full']);
  });
});

describe('fewer-steps', () => {
  const policy = createFewerStepsPolicy({ steps: 10 });

  it('plans fewer steps, all full, without a warning', () => {
    const plan = compileRunPlan({ policy, run: runOf(50) });
    expect(plan.steps).toBe(10);
    expect(plan.fullCalls).toEqual(every(1, 0, 9));
    expect(plan.warnings).toEqual([]);
  });

  it('keeps two calls a step of a Heun sampler, and one less', () => {
    expect(policy.planRun({ steps: 50, calls: 100 })).toEqual({ steps: 10, calls: 20 });
    expect(policy.planRun({ steps: 50, calls: 99 })).toEqual({ steps: 10, calls: 19 });
  });

  it('leaves a shorter run as it is, and says so', () => {
    const plan = compileRunPlan({ policy, run: runOf(10) });
    expect(plan.steps).toBe(10);
    expect(plan.warnings).toEqual([
      'nothing will be skipped: the run has 10 steps, no more than 10',
    ]);
  });

  it('keeps the network', () => {
    const run = { ...runOf(50), network: TEST_NETWORK };
    expect(policy.planRun(run)).toEqual({ steps: 10, calls: 10, network: TEST_NETWORK });
  });

  it('drops positions that no longer fit', () => {
    const timesteps = every(1, 0, 49).map((call) => 50 - call);
    expect(policy.planRun({ ...runOf(50), timesteps })).toEqual({ steps: 10, calls: 10 });
  });

  it('refuses 0 steps', () => {
    expect(() => createFewerStepsPolicy({ steps: 0 })).toThrow(
      'steps must be an integer >= 1, got 0',
    );
  });
});
