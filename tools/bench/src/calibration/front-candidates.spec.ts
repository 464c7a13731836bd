import { createPolicy } from '@forecache/cache-policy';
import { candidatesFor, countFull, FAMILIES, intervalFor } from './front-candidates.js';

const COUNTS = [18, 14, 12, 10, 9, 7, 5];

describe('intervalFor', () => {
  it('is the largest with at least as many full calls', () => {
    // 3 leading calls, then every 5th of 47: 3 + 9
    expect(intervalFor({ fullCalls: 12, calls: 50, warmup: 3 })).toBe(5);
    expect(countFull(5, { calls: 50, warmup: 3 })).toBe(12);
    // every 7th gives 9, every 6th 10: for 10 it is 6
    expect(intervalFor({ fullCalls: 10, calls: 50, warmup: 3 })).toBe(6);
    expect(intervalFor({ fullCalls: 9, calls: 50, warmup: 3 })).toBe(7);
  });

  it.each(COUNTS)('wastes no full call at %i', (fullCalls) => {
    const wish = { fullCalls, calls: 50, warmup: 3 };
    const interval = intervalFor(wish);
    expect(countFull(interval, wish)).toBeGreaterThanOrEqual(fullCalls);
    expect(countFull(interval + 1, wish)).toBeLessThan(fullCalls);
  });
});

describe('candidatesFor', () => {
  const candidates = candidatesFor(12, 50);

  it('has settings of every family, each by a name of its own', () => {
    expect([...new Set(candidates.map(({ family }) => family))].sort()).toEqual(
      [...FAMILIES].sort(),
    );
    expect(new Set(candidates.map(({ label }) => label)).size).toBe(candidates.length);
  });

  it.each(COUNTS)('names policies that there are, at %i full calls', (fullCalls) => {
    const policies = candidatesFor(fullCalls, 50).flatMap(({ method }) =>
      method.kind === 'policy' ? [method.policy] : [],
    );
    expect(policies.length).toBeGreaterThan(0);
    for (const policy of policies) expect(createPolicy(policy).name).toBe(policy.name);
  });
});
