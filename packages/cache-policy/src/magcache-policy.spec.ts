import { every, fullCalls, runOf } from '../test/runs.js';
import { createMagCachePolicy, type MagCacheOptions } from './index.js';
import { MAGNITUDE_RATIOS, nearestEntry } from './magcache-ratios.js';

describe('magcache', () => {
  it('computes the authors’ calls of FLUX', () => {
    expect(fullCalls(createMagCachePolicy(), 28)).toEqual([0, 1, 2, 5, 9, 11, 17, 23, 26]);
    expect(fullCalls(createMagCachePolicy(), 50)).toEqual([
      0, 1, 2, 3, 4, 6, 9, 13, 17, 20, 26, 32, 38, 44, 47,
    ]);
  });

  it('computes diffusers’ calls of FLUX', () => {
    const policy = createMagCachePolicy({ variant: 'diffusers' });
    expect(fullCalls(policy, 28)).toEqual([0, 1, 2, 3, 4, 5, 7, 9, 13, 17, 21, 24, 26, 27]);
    expect(fullCalls(policy, 50)).toHaveLength(26);
  });

  it('skips at an error that equals the threshold, and as often as it may', () => {
    const ratios = [1, 1, 1, 1, 1, 1, 1, 1].join(',');
    const full = (options: MagCacheOptions) =>
      fullCalls(
        createMagCachePolicy({ variant: 'diffusers', ratios, retention: 0, ...options }),
        8,
      );
    expect(full({ skips: 3 })).toEqual([0, 4]);
    expect(full({ skips: 9 })).toEqual([0]);
    // 0.5 after one call, 0.5 + 0.75 after two.
    const halving = '1,0.5,0.5,0.5,0.5,0.5,0.5,0.5';
    expect(full({ ratios: halving, threshold: 0.5, skips: 9 })).toEqual([0, 2, 4, 6]);
    expect(full({ ratios: halving, threshold: 1.25, skips: 9 })).toEqual([0, 3, 6]);
  });

  it('counts from the end of the retained calls', () => {
    const options = { variant: 'diffusers', ratios: '1,1,1', threshold: 1, skips: 9 } as const;
    // floor(0.25 * 10 + 0.5) = 3.
    expect(fullCalls(createMagCachePolicy({ ...options, retention: 0.25 }), 10)).toEqual([0, 1, 2]);
  });

  it('stretches the ratios to the nearest, ties to the even entry', () => {
    expect(every(1, 0, 4).map((call) => nearestEntry(call, 5, 3))).toEqual([0, 0, 1, 2, 2]);
    expect(nearestEntry(0, 1, 28)).toBe(27);
    expect(MAGNITUDE_RATIOS['flux.1-dev-28']).toHaveLength(28);
  });

  it('is off at threshold 0 or without skips, and says so', () => {
    const ratios = '1,1';
    for (const [options, reason] of [
      [{ threshold: 0, ratios }, 'threshold is 0'],
      [{ skips: 0 }, 'skips is 0'],
      [{ retention: 1 }, 'retention 1 covers the whole run (calls: 9)'],
    ] as const) {
      const policy = createMagCachePolicy(options);
      expect(fullCalls(policy, 9)).toEqual(every(1, 0, 8));
      expect(policy.explainFull(runOf(9))).toBe(reason);
    }
  });

  it.each(['1,0', '1,-1', '1,,1', '', 'flux', '1,Infinity', '1 2'])(
    'refuses ratios %p',
    (ratios) => {
      expect(() => createMagCachePolicy({ ratios })).toThrow(
        `ratios must be a list of numbers > 0 or one of flux.1-dev-28, demo, got "${ratios}"`,
      );
    },
  );
});
