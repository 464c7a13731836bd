import { every, fullCalls, runOf } from '../test/runs.js';
import {
  compileRunPlan,
  createForaPolicy,
  createTaylorSeerPolicy,
  withMaxConsecutiveForecasts,
  withStepMask,
  withTail,
  withWarmup,
  type CachePolicy,
} from './index.js';

/** Never computes by itself, except for the first call. */
const lazy = createTaylorSeerPolicy({ interval: 1000, warmup: 1 });

describe('withWarmup', () => {
  it('makes leading calls full and hands the rest on', () => {
    expect(fullCalls(withWarmup(3, lazy), 8)).toEqual([0, 1, 2]);
    expect(fullCalls(withWarmup(2, createForaPolicy({ interval: 4 })), 9)).toEqual([0, 1, 4, 8]);
  });

  it('of 0 changes nothing', () => {
    expect(fullCalls(withWarmup(0, lazy), 8)).toEqual([0]);
  });
});

describe('withTail', () => {
  it('makes the last calls full', () => {
    expect(fullCalls(withTail(2, lazy), 8)).toEqual([0, 6, 7]);
  });
});

describe('withMaxConsecutiveForecasts', () => {
  it('computes after n skipped calls', () => {
    expect(fullCalls(withMaxConsecutiveForecasts(2, lazy), 10)).toEqual([0, 3, 6, 9]);
  });

  it('of 0 is off: every call full', () => {
    expect(fullCalls(withMaxConsecutiveForecasts(0, lazy), 4)).toEqual([0, 1, 2, 3]);
  });
});

describe('withStepMask', () => {
  it('makes chosen calls full', () => {
    const mask = every(1, 0, 7).map((call) => [0, 3, 7].includes(call));
    expect(fullCalls(withStepMask(mask, lazy), 8)).toEqual([0, 3, 7]);
  });

  it('refuses a run of another length', () => {
    const policy = withStepMask([true, false], lazy);
    expect(() => fullCalls(policy, 3)).toThrow('mask must be one entry per call (3), got 2');
  });

  it('keeps its own copy of the mask', () => {
    const mask = [true, false, false];
    const policy = withStepMask(mask, lazy);
    mask[2] = true;
    expect(fullCalls(policy, 3)).toEqual([0]);
  });
});

describe('every wrapper', () => {
  const WRAPPED: [string, (policy: CachePolicy) => CachePolicy, string][] = [
    ['withWarmup', (policy) => withWarmup(3, policy), 'withWarmup(3, fora(interval=5))'],
    ['withTail', (policy) => withTail(2, policy), 'withTail(2, fora(interval=5))'],
    [
      'withMaxConsecutiveForecasts',
      (policy) => withMaxConsecutiveForecasts(1, policy),
      'withMaxConsecutiveForecasts(1, fora(interval=5))',
    ],
    [
      'withStepMask',
      (policy) => withStepMask([true, false], policy),
      'withStepMask(10, fora(interval=5))',
    ],
  ];

  it.each(WRAPPED)('%s prints itself as it is written', (_name, wrap, text) => {
    const policy = wrap(createForaPolicy({ interval: 5 }));
    expect(policy.toString()).toBe(text);
    expect(policy.name).toBe('fora');
  });

  it.each(WRAPPED)('%s hands observe, reset and planRun on, to a class too', (_name, wrap) => {
    const seen: string[] = [];
    class Recording implements CachePolicy {
      readonly name = 'recording';
      readonly asksAt = 'call-start';
      readonly historySize = 2;
      planRun() {
        return runOf(1);
      }
      explainFull() {
        return null;
      }
      decide() {
        return { kind: 'full' } as const;
      }
      observe() {
        seen.push(`${this.name} observes`);
      }
      reset() {
        seen.push(`${this.name} resets`);
      }
      toString() {
        return 'recording()';
      }
    }
    const policy = wrap(new Recording());
    const context = { run: runOf(2), branch: 'joint', callIndex: 0, fullCalls: [], scalars: {} };
    policy.observe(context, { kind: 'full', scalars: {} });
    policy.reset();
    expect(seen).toEqual(['recording observes', 'recording resets']);
    expect([policy.asksAt, policy.historySize, policy.planRun(runOf(9)).calls]).toEqual([
      'call-start',
      2,
      1,
    ]);
  });

  it.each([
    [() => withWarmup(-1, lazy), 'warmup must be an integer >= 0, got -1'],
    [() => withTail(0.5, lazy), 'tail must be an integer >= 0, got 0.5'],
    [
      () => withMaxConsecutiveForecasts(-1, lazy),
      'max consecutive forecasts must be an integer >= 0, got -1',
    ],
  ])('refuses a bad number', (wrap, message) => {
    expect(wrap).toThrow(message);
  });

  it('explains a run that skips nothing', () => {
    const warningsOf = (policy: CachePolicy) => compileRunPlan({ policy, run: runOf(3) }).warnings;
    expect(warningsOf(withWarmup(3, lazy))).toEqual([
      'nothing will be skipped: warmup 3 covers the whole run (calls: 3)',
    ]);
    expect(warningsOf(withTail(4, lazy))).toEqual([
      'nothing will be skipped: tail 4 covers the whole run (calls: 3)',
    ]);
    expect(warningsOf(withMaxConsecutiveForecasts(0, lazy))).toEqual([
      'nothing will be skipped: max consecutive forecasts is 0',
    ]);
    expect(warningsOf(withStepMask([true, true, true], lazy))).toEqual([
      'nothing will be skipped: the mask is set at all 3 calls',
    ]);
  });
});
