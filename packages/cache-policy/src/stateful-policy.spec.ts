import { runOf } from '../test/runs.js';
import { createBranchLog } from './branch-log.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { anyGranularity, FULL, measuringSetup, REUSE } from './stateless-policy.js';

describe('a branch log', () => {
  it('answers with what was known before a call', () => {
    const log = createBranchLog('new');
    log.record({ branch: 'cond', callIndex: 3 }, 'after 3');
    log.record({ branch: 'cond', callIndex: 7 }, 'after 7');
    const at = (callIndex: number, branch = 'cond') => log.before({ branch, callIndex });
    expect([at(0), at(3), at(4), at(7), at(8), at(99)]).toEqual([
      'new',
      'new',
      'after 3',
      'after 3',
      'after 7',
      'after 7',
    ]);
    expect(at(99, 'uncond')).toBe('new');
  });

  it('takes a call once, and none that is older', () => {
    const log = createBranchLog(0);
    log.record({ branch: 'cond', callIndex: 3 }, 1);
    log.record({ branch: 'cond', callIndex: 3 }, 2);
    log.record({ branch: 'cond', callIndex: 2 }, 3);
    expect(log.before({ branch: 'cond', callIndex: 9 })).toBe(1);
    log.clear();
    expect(log.before({ branch: 'cond', callIndex: 9 })).toBe(0);
  });
});

describe('a policy with state', () => {
  /** Adds up the calls it was told of; reuses while there are fewer than 3. */
  const counting = () =>
    createStatefulPolicy<number>({
      name: 'counting',
      label: 'counting()',
      historySize: 1,
      granularities: anyGranularity('hidden'),
      setup: () => measuringSetup(),
      explainFull: () => null,
      initial: 0,
      decide: (count) => (count < 3 ? REUSE : FULL),
      advance: (count, _context, { kind }) => (kind === 'full' ? 0 : count + 1),
    });

  const at = (callIndex: number, fullCalls = [0]) => ({
    run: runOf(20),
    branch: 'cond',
    callIndex,
    fullCalls,
    scalars: {},
  });

  it('is asked call by call, and is not asked before there is a full call', () => {
    const policy = counting();
    expect(policy.asksAt).toBe('call-start');
    expect(policy.decide(at(0, []))).toBe(FULL);
    expect(policy.decide(at(1))).toBe(REUSE);
  });

  it('answers from the reports there were, late and missing ones left out', () => {
    const policy = counting();
    for (const call of [1, 2, 5]) policy.observe(at(call), { kind: 'reuse', scalars: {} });
    expect([3, 5, 6].map((call) => policy.decide(at(call)))).toEqual([REUSE, REUSE, FULL]);
    policy.observe(at(4), { kind: 'reuse', scalars: {} });
    expect(policy.decide(at(5))).toBe(REUSE);
  });

  it('starts with its first granularity and has all others', () => {
    expect(counting().granularities).toEqual([
      'hidden',
      'module',
      'block',
      'residual',
      'output',
      'change',
    ]);
  });
});
