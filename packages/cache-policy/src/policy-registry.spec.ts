import { createPolicy, createTaylorSeerPolicy, listPolicies, POLICIES } from './index.js';

const NAMES = POLICIES.map(({ name }) => name).join(', ');

const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fewer-steps': { steps: '7' },
  scheduled: { schedule: '0,2' },
};

describe('the policy registry', () => {
  it('lists policies by name, each with its options and those that all have', () => {
    expect(listPolicies().map((policy) => policy.name)).toEqual([
      'adacache',
      'auto',
      'delta-dit',
      'dmd',
      'duca',
      'easycache',
      'fewer-steps',
      'first-block-cache',
      'foca',
      'fora',
      'full',
      'hicache',
      'magcache',
      'scheduled',
      'spectrum',
      'taylorseer',
      'teacache',
      'toca',
    ]);
    const taylorseer = POLICIES.find(({ name }) => name === 'taylorseer');
    expect(
      taylorseer?.options.map(({ name, defaultValue, rule }) => [name, defaultValue, rule]),
    ).toEqual([
      ['interval', '5', 'an integer >= 1'],
      ['order', '1', 'an integer between 0 and 8'],
      ['warmup', '3', 'an integer >= 1'],
      ['tail', '0', 'an integer >= 0'],
      ['growth', 'official', 'one of official, eager'],
      ['position', 'call', 'one of call, timestep, sigma'],
      ['forecaster', 'official', 'one of official, newton'],
      ['max_consecutive_forecasts', '-1', 'an integer >= -1'],
      ['step_mask', 'none', 'a 0 or 1 for each call of the run, or none'],
      ['shared_branch', 'none', 'the name of a branch, or none'],
    ]);
  });

  it('lists an option that must be given without a default, and no other', () => {
    const required = POLICIES.flatMap(({ name, options }) =>
      options
        .filter(({ defaultValue }) => defaultValue === '')
        .map((option) => [name, option.name]),
    );
    expect(required).toEqual([
      ['fewer-steps', 'steps'],
      ['scheduled', 'schedule'],
    ]);
  });

  it.each(listPolicies())('$name: every listed default is what leaving it out means', (listed) => {
    const given = listed.options.filter((option) => option.defaultValue !== '');
    const required = REQUIRED[listed.name] ?? {};
    const defaults = Object.fromEntries(
      given.map(({ name, defaultValue }) => [name, defaultValue]),
    );
    expect(
      createPolicy({ name: listed.name, options: { ...required, ...defaults } }).toString(),
    ).toBe(createPolicy({ name: listed.name, options: required }).toString());
  });

  it('makes what the factory makes', () => {
    const options = { interval: '6', order: '2', warmup: '1', forecaster: 'newton' };
    expect(createPolicy({ name: 'taylorseer', options }).toString()).toBe(
      createTaylorSeerPolicy({ interval: 6, order: 2, warmup: 1, forecaster: 'newton' }).toString(),
    );
    expect(createPolicy({ name: 'full' }).toString()).toBe('full()');
  });

  it.each([
    [{ fresh_threshold: '6', max_order: '2', first_enhance: '1' }],
    [{ cache_interval: '6', taylorseer_order: '2', disable_cache_before_step: '1' }],
    [{ interval: '6', n_derivatives: '2', max_warmup_steps: '1' }],
  ])('knows peers’ names: %p', (options) => {
    expect(createPolicy({ name: 'taylorseer', options }).toString()).toBe(
      'taylorseer(interval=6, order=2, warmup=1)',
    );
  });

  it.each([
    ['taylorseer', { interval: '0' }, 'interval must be an integer >= 1, got "0"'],
    ['taylorseer', { interval: '' }, 'interval must be an integer >= 1, got ""'],
    ['taylorseer', { interval: '5.0' }, 'interval must be an integer >= 1, got "5.0"'],
    ['taylorseer', { interval: ' 5' }, 'interval must be an integer >= 1, got " 5"'],
    ['taylorseer', { interval: '1e1' }, 'interval must be an integer >= 1, got "1e1"'],
    [
      'taylorseer',
      { interval: '99999999999999999999' },
      'interval must be an integer >= 1, got "99999999999999999999"',
    ],
    ['taylorseer', { max_order: '9' }, 'max_order must be an integer between 0 and 8, got "9"'],
    ['taylorseer', { growth: 'Eager' }, 'growth must be one of official, eager, got "Eager"'],
    [
      'taylorseer',
      { intervall: '5' },
      'option of taylorseer must be one of interval, order, warmup, tail, growth, position, forecaster, max_consecutive_forecasts, step_mask, shared_branch, got "intervall"',
    ],
    [
      'taylorseer',
      { toString: '5' },
      'option of taylorseer must be one of interval, order, warmup, tail, growth, position, forecaster, max_consecutive_forecasts, step_mask, shared_branch, got "toString"',
    ],
    [
      'taylorseer',
      { last_enhance: '50' },
      'taylorseer does not take last_enhance: it names the call from which on all are full; tail = calls - last_enhance',
    ],
    [
      'taylorseer',
      { interval: '5', fresh_threshold: '5' },
      'interval and fresh_threshold are the same option: give one of them',
    ],
    [
      'full',
      { interval: '5' },
      'option of full must be one of warmup, tail, max_consecutive_forecasts, step_mask, shared_branch, got "interval"',
    ],
    ['fewer-steps', {}, 'steps must be an integer >= 1, got undefined'],
    ['taylor', {}, `policy must be one of ${NAMES}, got "taylor"`],
    ['', {}, `policy must be one of ${NAMES}, got ""`],
  ])('refuses %s %p', (name, options, message) => {
    expect(() => createPolicy({ name, options: { ...options } as Record<string, string> })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
