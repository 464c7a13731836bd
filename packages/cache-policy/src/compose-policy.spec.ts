import { fullCalls, playedFullCalls, runOf } from '../test/runs.js';
import { compileRunPlan, createPolicy, listPolicies } from './index.js';

const NAMES = ['warmup', 'tail', 'max_consecutive_forecasts', 'step_mask', 'shared_branch'];

/** Its weights belong to its own full calls, so it takes no wrapper that adds some. */
const FIXED = 'scheduled';

const fora = (options: Readonly<Record<string, string>>) =>
  createPolicy({ name: 'fora', options: { interval: '8', ...options } });

describe('composition by name', () => {
  it.each(listPolicies())('$name takes every wrapper as an option, once', ({ name, options }) => {
    const names = options.map((option) => option.name);
    const wrappers = name === FIXED ? ['shared_branch'] : NAMES;
    for (const wrapper of wrappers)
      expect(names.filter((other) => other === wrapper)).toHaveLength(1);
    const spellings = options.flatMap((option) => [option.name, ...option.aliases]);
    expect(new Set(spellings).size).toBe(spellings.length);
  });

  it('wraps: warmup, tail, max_consecutive_forecasts and step_mask', () => {
    expect(fullCalls(fora({}), 17)).toEqual([0, 8, 16]);
    expect(fullCalls(fora({ warmup: '3' }), 17)).toEqual([0, 1, 2, 8, 16]);
    expect(fullCalls(fora({ tail: '2' }), 17)).toEqual([0, 8, 15, 16]);
    expect(fullCalls(fora({ max_consecutive_forecasts: '3' }), 17)).toEqual([0, 4, 8, 12, 16]);
    expect(fullCalls(fora({ step_mask: '00100000000100000' }), 17)).toEqual([0, 2, 8, 11, 16]);
    expect(fullCalls(fora({ warmup: '2', tail: '2', max_consecutive_forecasts: '5' }), 17)).toEqual(
      [0, 1, 7, 8, 14, 15, 16],
    );
  });

  it('knows peers’ names', () => {
    const options = { max_warmup_steps: '2', max_continuous_cached_steps: '3' };
    expect(fora(options).toString()).toBe(
      'fora(interval=8, warmup=2, max_consecutive_forecasts=3)',
    );
    expect(fora({ steps_computation_mask: '101' }).toString()).toContain('step_mask=101');
  });

  it('leaves names and spellings to the policy that has them itself', () => {
    const magcache = createPolicy({ name: 'magcache', options: { max_skip_steps: '2' } });
    expect(magcache.toString()).toContain('skips=2');
    const taylorseer = createPolicy({ name: 'taylorseer', options: { warmup: '1', tail: '1' } });
    expect(taylorseer.toString()).toBe('taylorseer(interval=5, order=1, warmup=1, tail=1)');
  });

  it('prints options as the policy’s own, and defaults not at all', () => {
    expect(createPolicy({ name: 'full', options: { warmup: '2' } }).toString()).toBe(
      'full(warmup=2)',
    );
    const options = { warmup: '0', tail: '0', max_consecutive_forecasts: '-1', step_mask: 'none' };
    expect(fora({ ...options, shared_branch: 'none' }).toString()).toBe('fora(interval=8)');
    expect(fora({ shared_branch: 'cond' }).toString()).toBe('fora(interval=8, shared_branch=cond)');
  });

  it('reaches policies that learn', () => {
    const options = { coefficients: '0,0,0,1,0', threshold: '0.5', warmup: '4' };
    const policy = createPolicy({ name: 'teacache', options });
    const before = (call: number) => (call === 0 ? {} : { 'modulated-input-change': 0.2 });
    expect(playedFullCalls(policy, 11, { before })).toEqual([0, 1, 2, 3, 6, 9, 10]);
  });

  it('shares decisions between branches', () => {
    const options = { threshold: '0.1', shared_branch: 'cond' };
    const policy = createPolicy({ name: 'first-block-cache', options });
    const at = (branch: string, change: number) =>
      policy.decide({
        run: runOf(9),
        branch,
        callIndex: 1,
        fullCalls: [0],
        scalars: { 'first-blocks-change': change },
      }).kind;
    expect([at('cond', 0.05), at('uncond', 0.9)]).toEqual(['reuse', 'reuse']);
  });

  it('explains what it does to a run', () => {
    const why = (options: Record<string, string>, calls = 9) =>
      compileRunPlan({ policy: fora(options), run: runOf(calls) }).warnings;
    expect(why({ warmup: '5', tail: '4' })).toEqual([
      'nothing will be skipped: warmup 5 and tail 4 cover the whole run (calls: 9)',
    ]);
    expect(why({ max_consecutive_forecasts: '0' })).toEqual([
      'nothing will be skipped: max consecutive forecasts is 0',
    ]);
    expect(why({ step_mask: '111111111' })).toEqual([
      'nothing will be skipped: the mask is set at all 9 calls',
    ]);
  });

  it.each([
    [{ warmup: '-1' }, 'warmup must be an integer >= 0, got "-1"'],
    [
      { max_consecutive_forecasts: '-2' },
      'max_consecutive_forecasts must be an integer >= -1, got "-2"',
    ],
    [
      { step_mask: '102' },
      'step_mask must be a 0 or 1 for each call of the run, or none, got "102"',
    ],
    [{ shared_branch: 'a b' }, 'shared_branch must be the name of a branch, or none, got "a b"'],
    [
      { last_enhance: '50' },
      'fora does not take last_enhance: it names the call from which on all are full; tail = calls - last_enhance',
    ],
  ])('refuses %p', (options, message) => {
    expect(() => fora({ ...options } as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
