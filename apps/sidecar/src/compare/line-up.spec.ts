import { createPolicy, listPolicies } from '@forecache/cache-policy';
import { FULL_ENTRY, LINE_UP } from './line-up.js';
import { parseLineUp, parsePolicy } from './parse-line-up.js';

describe('the line-up', () => {
  it('has a row for every policy but full compute, which is always there, and fitted numbers', () => {
    const names = new Set([...LINE_UP, FULL_ENTRY].map(({ policy }) => policy.name));
    const registered = listPolicies().map(({ name }) => name);
    expect([...names].sort()).toEqual(registered.filter((name) => name !== 'scheduled'));
  });

  it('has settings that every policy accepts, and no row twice', () => {
    const printed = LINE_UP.map(({ policy }) => createPolicy(policy).toString());
    expect(new Set(printed).size).toBe(LINE_UP.length);
  });
});

describe('parsePolicy', () => {
  it.each([
    ['fora', { policy: { name: 'fora', options: {} } }],
    ['fora()', { policy: { name: 'fora', options: {} } }],
    [
      ' taylorseer( interval = 5,order=2 ) @ hidden ',
      {
        policy: { name: 'taylorseer', options: { interval: '5', order: '2' } },
        granularity: 'hidden',
      },
    ],
    [
      'x(list=1,0.9,0.8,next=2)',
      { policy: { name: 'x', options: { list: '1,0.9,0.8', next: '2' } } },
    ],
  ])('reads %j', (text, parsed) => expect(parsePolicy(text)).toEqual(parsed));

  it.each([
    ['', 'policies must be name or name(option=value, ...), e.g. fora(interval=3), got ""'],
    [
      'fora(interval=3)x',
      'policies must be name or name(option=value, ...), e.g. fora(interval=3), got "fora(interval=3)x"',
    ],
    ['fora(interval)', 'option of fora must be name=value, got "interval"'],
    ['fora(a=1, a=2)', 'option of fora must be given once for a, got "a=2"'],
  ])('rejects %j', (text, message) => expect(() => parsePolicy(text)).toThrow(message));

  it('rejects an unknown granularity by name', () => {
    expect(() => parsePolicy('fora@nowhere')).toThrow(/^granularity must be .*, got "nowhere"$/);
  });
});

describe('parseLineUp', () => {
  it('knows all', () => expect(parseLineUp('all')).toEqual(LINE_UP));

  it('gives a bare name its rows of the line-up, in the order asked for', () => {
    const labels = parseLineUp('taylorseer, fora').map(({ label }) => label);
    expect(labels).toEqual(['TaylorSeer N=5 O=2', 'FORA N=5']);
  });

  it('takes options as they are, between commas or semicolons', () => {
    const entries = parseLineUp('taylorseer(interval=5,order=2)@hidden;fora(interval=3),full');
    expect(entries.map(({ label, method }) => [label, method])).toEqual([
      ['taylorseer(interval=5,order=2)@hidden', 'TaylorSeer'],
      ['fora(interval=3)', 'FORA'],
      ['full', 'full'],
    ]);
    expect(entries[0]?.granularity).toBe('hidden');
  });

  it('allows a separator at the end, and only there', () => {
    expect(parseLineUp('fora;')).toHaveLength(1);
    expect(() => parseLineUp('fora,,full')).toThrow('policies must be name or');
  });

  it('names the policies there are when one is unknown', () => {
    expect(() => parseLineUp('forra')).toThrow(
      /^policies must be all or some of adacache, .*, got "forra"$/,
    );
  });

  it.each(['fora(interval=3', 'fora)'])('rejects %j', (text) => {
    expect(() => parseLineUp(text)).toThrow(`policies must be text with balanced parentheses, got`);
  });
});
