import { runOf } from '../test/runs.js';
import {
  compileRunPlan,
  compileRunSetup,
  createFirstBlockCachePolicy,
  createForaPolicy,
  createFullPolicy,
  createTaylorSeerPolicy,
  decideCall,
  type CachePolicy,
  type RunDescription,
} from './index.js';
import { TEST_NETWORK } from './synthetic-host.js';

const dynamic: CachePolicy = {
  ...createTaylorSeerPolicy({ interval: 3, order: 1, warmup: 1 }),
  asksAt: 'call-start',
  toString: () => 'dynamic()',
};

describe('compileRunPlan', () => {
  it('lists every call in order, with the numbers a host needs', () => {
    const policy = createTaylorSeerPolicy({ interval: 3, order: 1, warmup: 2 });
    const plan = compileRunPlan({ policy, run: runOf(7), granularity: 'hidden' });
    expect(plan).toEqual({
      policy: 'taylorseer(interval=3, order=1, warmup=2)',
      setup: { granularity: 'hidden', sites: [], historySize: 2, tokenCache: null, probes: [] },
      steps: 7,
      calls: [
        { callIndex: 0, action: { kind: 'full' }, exceptions: [] },
        { callIndex: 1, action: { kind: 'full' }, exceptions: [] },
        forecast(2, [2, -1]),
        forecast(3, [3, -2]),
        { callIndex: 4, action: { kind: 'full' }, exceptions: [] },
        forecast(5, [4 / 3, -1 / 3]),
        forecast(6, [5 / 3, -2 / 3]),
      ],
      fullCalls: [0, 1, 4],
      forecastCalls: [2, 3, 5, 6],
      warnings: [],
    });
  });

  it('is at module granularity by default', () => {
    const { setup } = compileRunPlan({ policy: createForaPolicy(), run: runOf(4) });
    expect(setup.granularity).toBe('module');
  });

  it('plans one call', () => {
    const plan = compileRunPlan({ policy: createTaylorSeerPolicy(), run: runOf(1) });
    expect(plan.fullCalls).toEqual([0]);
    expect(plan.warnings).toEqual([
      'nothing will be skipped: warmup 3 covers the whole run (calls: 1)',
    ]);
  });

  it('plans the longest run allowed', () => {
    const plan = compileRunPlan({ policy: createTaylorSeerPolicy(), run: runOf(100_000) });
    expect(plan.calls).toHaveLength(100_000);
  });

  it('keeps every weight list within the policy’s history, and uses numbers that sum to 1', () => {
    const policy = createTaylorSeerPolicy({ interval: 4, order: 3 });
    for (const { action } of compileRunPlan({ policy, run: runOf(50) }).calls) {
      if (action.kind !== 'forecast') continue;
      expect(action.weights.length).toBeLessThanOrEqual(policy.historySize);
      expect(action.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  it.each([
    [{ interval: 1 }, 10, 'nothing will be skipped: interval is 1'],
    [{ warmup: 10 }, 10, 'nothing will be skipped: warmup 10 covers the whole run (calls: 10)'],
    [
      { warmup: 6, tail: 4 },
      10,
      'nothing will be skipped: warmup 6 and tail 4 cover the whole run (calls: 10)',
    ],
    [
      { interval: 4, warmup: 1, order: 3 },
      10,
      'a history of 4 features is never used: 3 full calls in 10 allow 3 at most',
    ],
  ])('warns: taylorseer %p, %i calls', (options, calls, warning) => {
    const policy = createTaylorSeerPolicy(options);
    expect(compileRunPlan({ policy, run: runOf(calls) }).warnings).toEqual([warning]);
  });

  it('warns of a run without skips that no option explains', () => {
    // Calls 0 and 2 by (2 - call) mod 2 = 0; call 1 would be reused. With two calls, both are full.
    const plan = compileRunPlan({ policy: createForaPolicy({ interval: 2 }), run: runOf(2) });
    expect(plan.warnings).toEqual(['nothing will be skipped: every one of the 2 calls is full']);
  });

  it.each<[Partial<Record<keyof RunDescription, unknown>>, string]>([
    [{ calls: 0 }, 'calls must be an integer between 1 and 100000, got 0'],
    [{ steps: 1.5 }, 'steps must be an integer between 1 and 100000, got 1.5'],
    [{ calls: 100001 }, 'calls must be an integer between 1 and 100000, got 100001'],
    [{ timesteps: [1, 2] }, 'timesteps must be one value per call (3), got 2'],
    [{ timesteps: [3, NaN, 1] }, 'timesteps[1] must be a finite number, got NaN'],
    [
      { sigmas: [1, 0.5, 0.5] },
      'sigmas must be strictly increasing or strictly decreasing, got [1, 0.5, 0.5]',
    ],
  ])('refuses a run with %p', (change, message) => {
    const run = { ...runOf(3), ...change } as RunDescription;
    expect(() => compileRunPlan({ policy: createForaPolicy(), run })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it('refuses a position that the run does not give', () => {
    const policy = createTaylorSeerPolicy({ position: 'sigma' });
    expect(() => compileRunPlan({ policy, run: runOf(9) })).toThrow(
      'sigmas must be given when position is sigma, got undefined',
    );
  });

  it('refuses a policy that decides during the run', () => {
    expect(() => compileRunPlan({ policy: dynamic, run: runOf(9) })).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: 'dynamic() has no plan: it is asked at call-start, not at run-start',
      }),
    );
  });
});

describe('compileRunSetup', () => {
  const run = { ...runOf(9), network: TEST_NETWORK };

  it.each([
    ['module', 12, 'blocks.0.attention'],
    ['block', 6, 'blocks.0-0'],
    ['residual', 1, 'blocks.0-5'],
    ['hidden', 1, 'hidden'],
    ['output', 1, 'output'],
    ['change', 1, 'change'],
  ] as const)(
    'names the kept sites of a known network at %s granularity',
    (granularity, count, first) => {
      const { sites } = compileRunSetup({ policy: createForaPolicy(), run, granularity });
      expect(sites).toHaveLength(count);
      expect(sites[0]).toBe(first);
    },
  );

  it('keeps no site for a policy that stores nothing', () => {
    expect(compileRunSetup({ policy: createFullPolicy(), run }).sites).toEqual([]);
  });

  it('takes the policy’s own granularity, and refuses one where it cannot decide', () => {
    const policy = createFirstBlockCachePolicy();
    expect(compileRunSetup({ policy, run }).granularity).toBe('residual');
    expect(() => compileRunSetup({ policy, run, granularity: 'module' })).toThrow(
      'granularity must be one of residual, where first-block-cache can decide, got "module"',
    );
  });
});

describe('decideCall', () => {
  const context = { run: runOf(9), branch: 'cond', callIndex: 4, fullCalls: [0, 3], scalars: {} };

  it('resolves one decision of a dynamic policy, the same each time', () => {
    const wanted = forecast(4, [4 / 3, -1 / 3]);
    expect(decideCall(dynamic, context)).toEqual(wanted);
    expect(decideCall(dynamic, context)).toEqual(wanted);
  });

  it('agrees with the compiled plan', () => {
    const policy = createTaylorSeerPolicy({ interval: 3, order: 1, warmup: 1 });
    const { calls } = compileRunPlan({ policy, run: runOf(9) });
    expect(decideCall(policy, context)).toEqual(calls[4]);
  });

  it('refuses to reuse what was never computed', () => {
    const policy: CachePolicy = { ...dynamic, decide: () => ({ kind: 'reuse' }) };
    expect(() => decideCall(policy, { ...context, fullCalls: [] })).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: 'dynamic() answered reuse at call 4, before any full call',
      }),
    );
  });
});

function forecast(callIndex: number, weights: readonly number[]) {
  const close = weights.map((weight) => expect.closeTo(weight, 12));
  return { callIndex, action: { kind: 'forecast', weights: close }, exceptions: [] };
}
