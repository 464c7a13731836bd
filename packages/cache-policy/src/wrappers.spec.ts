import { every, fullCalls, playedFullCalls, runOf } from '../test/runs.js';
import {
  compileRunPlan,
  createFirstBlockCachePolicy,
  createForaPolicy,
  createTaylorSeerPolicy,
  createTeaCachePolicy,
  withMaxConsecutiveForecasts,
  withSharedDecision,
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
    expect(() => fullCalls(policy, 3)).toThrow(
      'length of step_mask must be 3, one entry a call, got 2',
    );
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
    [
      'withSharedDecision',
      (policy) => withSharedDecision('joint', policy),
      'withSharedDecision(joint, fora(interval=5))',
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
      readonly granularities = ['hidden'] as const;
      setup() {
        return { sites: [this.name], tokenCache: null, probes: [] };
      }
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
    expect(policy.granularities).toEqual(['hidden']);
    expect(policy.setup(runOf(2), 'hidden').sites).toEqual(['recording']);
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

describe('a wrapped policy that learns', () => {
  /** Skips two calls after each full one it was told of. */
  const learning = () => createTeaCachePolicy({ coefficients: '0,0,0,1,0', threshold: 0.5 });
  const measured = {
    before: (call: number) => (call === 0 ? {} : { 'modulated-input-change': 0.2 }),
  };

  it('starts anew after a full call that the wrapper forced', () => {
    expect(playedFullCalls(learning(), 11, measured)).toEqual([0, 3, 6, 9, 10]);
    // Forced at 0 to 3; then 4 and 5 are skipped, as the sum starts at 3.
    expect(playedFullCalls(withWarmup(4, learning()), 11, measured)).toEqual([
      0, 1, 2, 3, 6, 9, 10,
    ]);
    const mask = every(1, 0, 10).map((call) => call === 4);
    expect(playedFullCalls(withStepMask(mask, learning()), 11, measured)).toEqual([0, 3, 4, 7, 10]);
    expect(playedFullCalls(withMaxConsecutiveForecasts(1, learning()), 8, measured)).toEqual([
      0, 2, 4, 6, 7,
    ]);
  });

  it('keeps its probes', () => {
    const setup = withTail(1, withWarmup(2, learning())).setup(runOf(9), 'residual');
    expect(setup.probes.map(({ kind }) => kind)).toEqual(['modulated-input-change']);
  });

  it('refuses a mask of another length before the run', () => {
    const policy = withStepMask([true], learning());
    expect(() => policy.setup(runOf(9), 'residual')).toThrow(
      'length of step_mask must be 9, one entry a call, got 1',
    );
  });
});

describe('withSharedDecision', () => {
  const policy = () => withSharedDecision('cond', createFirstBlockCachePolicy({ threshold: 0.1 }));
  const question = (branch: string, callIndex: number, change: number) => ({
    run: runOf(9),
    branch,
    callIndex,
    fullCalls: [0],
    scalars: { 'first-blocks-change': change },
  });

  it('lets others repeat the leader’s decision of the same call, whatever they measured', () => {
    const shared = policy();
    expect(shared.decide(question('cond', 1, 0.05)).kind).toBe('reuse');
    expect(shared.decide(question('uncond', 1, 0.9)).kind).toBe('reuse');
    expect(shared.decide(question('cond', 2, 0.9)).kind).toBe('full');
    expect(shared.decide(question('uncond', 2, 0.05)).kind).toBe('full');
  });

  it('computes where the leader has not decided or the follower has nothing stored', () => {
    const shared = policy();
    expect(shared.decide(question('uncond', 1, 0.05)).kind).toBe('full');
    shared.decide(question('cond', 1, 0.05));
    expect(shared.decide({ ...question('uncond', 1, 0.05), fullCalls: [] }).kind).toBe('full');
  });

  it('keeps the leader’s first answer, and forgets it on reset', () => {
    const shared = policy();
    shared.decide(question('cond', 1, 0.05));
    shared.decide(question('cond', 1, 0.9));
    expect(shared.decide(question('uncond', 1, 0.9)).kind).toBe('reuse');
    shared.reset();
    expect(shared.decide(question('uncond', 1, 0.05)).kind).toBe('full');
  });

  it('leaves a joint branch to itself', () => {
    expect(policy().decide(question('joint', 1, 0.05)).kind).toBe('reuse');
  });

  it('changes nothing for a static policy', () => {
    expect(fullCalls(withSharedDecision('cond', createForaPolicy({ interval: 4 })), 9)).toEqual([
      0, 4, 8,
    ]);
  });

  it('moves the policy by the leader’s reports only', () => {
    const seen: string[] = [];
    const recording: CachePolicy = {
      ...createFirstBlockCachePolicy(),
      observe: ({ branch }) => void seen.push(branch),
    };
    const shared = withSharedDecision('cond', recording);
    for (const branch of ['cond', 'uncond', 'joint']) {
      shared.observe(question(branch, 1, 0), { kind: 'full', scalars: {} });
    }
    expect(seen).toEqual(['cond', 'joint']);
  });

  it('gives weights only to followers with the same newest full calls', () => {
    const weights = { kind: 'weights', weights: [2, -1] } as const;
    const shared = withSharedDecision('cond', {
      ...createFirstBlockCachePolicy(),
      decide: () => weights,
    });
    const at = (branch: string, fullCalls: readonly number[]) =>
      shared.decide({ ...question(branch, 9, 0), fullCalls });
    at('cond', [0, 4, 8]);
    expect(at('uncond', [4, 8])).toBe(weights);
    expect(at('uncond', [2, 4, 8])).toBe(weights);
    expect(at('uncond', [4, 7]).kind).toBe('full');
    expect(at('uncond', [8]).kind).toBe('full');
  });
});
