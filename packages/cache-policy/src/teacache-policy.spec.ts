import { every, playedFullCalls, runOf } from '../test/runs.js';
import { createTeaCachePolicy, type TeaCacheOptions } from './index.js';
import { suggestedThreshold } from './teacache-coefficient-set.js';
import { TEACACHE_SETS, teaCacheSet } from './teacache-coefficients.js';
import { compileTeaCache } from './teacache-options.js';

/** The change itself, so that sums are easy. */
const PLAIN = '0,0,0,1,0';

/** The same change before every call but the first, under the name a host gives it. */
const steady = (change: number, name = 'modulated-input-change') => ({
  before: (call: number) => (call === 0 ? {} : { [name]: change }),
});

describe('teacache', () => {
  it('skips while the sum of changes is below the threshold, and starts anew after a full call', () => {
    const policy = createTeaCachePolicy({ coefficients: PLAIN, threshold: 0.5 });
    // 0.2 and 0.4 are below 0.5, 0.6 is not. Call 9 is the last.
    expect(playedFullCalls(policy, 10, steady(0.2))).toEqual([0, 3, 6, 9]);
  });

  it('computes at a sum that equals the threshold', () => {
    const policy = createTeaCachePolicy({ coefficients: PLAIN, threshold: 0.5 });
    expect(playedFullCalls(policy, 6, steady(0.25))).toEqual([0, 2, 4, 5]);
  });

  it('evaluates the polynomial highest power first', () => {
    // 1 d^4 + 2 d^3 + 3 d^2 + 4 d + 5 at d = 2: 16 + 16 + 12 + 8 + 5.
    const { polynomial } = compileTeaCache({ coefficients: '1, 2,3,4,5', threshold: 1 });
    expect(polynomial(2)).toBe(57);
    expect(polynomial(0)).toBe(5);
  });

  it('computes the first and last calls that the model’s rule names', () => {
    const still = steady(0, 'conditioning-change');
    const forced = (coefficients: string, calls: number) =>
      playedFullCalls(
        // The constant keeps these from skipping or computing by themselves at a change of 0.
        createTeaCachePolicy({ coefficients, threshold: 1e9, probe: 'conditioning' }),
        calls,
        still,
      );
    expect(forced('flux.1-dev', 28)).toEqual([0, 27]);
    expect(forced('wan2.1-t2v-14b', 50)).toEqual([0, 49]);
    expect(forced('wan2.1-t2v-14b-retention', 50)).toEqual([0, 1, 2, 3, 4]);
    expect(forced('hidream-i1-full', 50)).toEqual([0, 1, 2, 3, 4]);
    expect(forced('hidream-i1-full', 28)).toEqual([0, 1, 2]);
  });

  it('keeps negative values of the polynomial, unless told otherwise', () => {
    const policy = (negative: 'keep' | 'absolute' | 'zero') =>
      createTeaCachePolicy({ coefficients: '0,0,0,-1,0', threshold: 0.5, negative });
    expect(playedFullCalls(policy('keep'), 10, steady(0.3))).toEqual([0, 9]);
    expect(playedFullCalls(policy('zero'), 10, steady(0.3))).toEqual([0, 9]);
    expect(playedFullCalls(policy('absolute'), 8, steady(0.3))).toEqual([0, 2, 4, 6, 7]);
  });

  it('lets negative changes make room for later ones, which zero does not', () => {
    const before = (call: number) =>
      call === 0 ? {} : { 'modulated-input-change': call === 1 ? 0.4 : 0.3 };
    // p(0.4) = -0.4 and p(0.3) = 0.3: -0.4, -0.1, 0.2, 0.5 against 0, 0.3, 0.6.
    const coefficients = '0,0,0,-7,2.4';
    const kept = createTeaCachePolicy({ coefficients, threshold: 0.45 });
    const cut = createTeaCachePolicy({ coefficients, threshold: 0.45, negative: 'zero' });
    expect(playedFullCalls(kept, 6, { before })[1]).toBe(4);
    expect(playedFullCalls(cut, 6, { before })[1]).toBe(3);
  });

  it('is off at threshold 0 even where the polynomial is negative', () => {
    const policy = createTeaCachePolicy({ coefficients: '0,0,0,0,-1', threshold: 0 });
    expect(playedFullCalls(policy, 5, steady(0.1))).toEqual([0, 1, 2, 3, 4]);
  });

  it('measures what the set was fitted on, and reuses the whole stack’s residual', () => {
    const probesOf = (options: TeaCacheOptions) =>
      createTeaCachePolicy(options)
        .setup(runOf(9), 'residual')
        .probes.map(({ kind }) => kind);
    expect(probesOf({})).toEqual(['modulated-input-change']);
    expect(probesOf({ coefficients: 'cogvideox-5b' })).toEqual(['conditioning-change']);
    expect(probesOf({ probe: 'conditioning' })).toEqual(['conditioning-change']);
    expect(createTeaCachePolicy().granularities[0]).toBe('residual');
  });

  it('is nearly periodic with FLUX’s numbers, as its polynomial is nearly constant', () => {
    const at = (threshold: number) =>
      playedFullCalls(createTeaCachePolicy({ threshold }), 50, steady(0.1));
    // p(0.1) = 0.207: the sum passes 0.4 at 2, 0.6 at 3, 0.8 at 4 calls.
    expect(at(0.4)).toEqual([...every(2, 0, 48), 49]);
    expect(at(0.6)).toEqual([...every(3, 0, 48), 49]);
    expect(at(0.8)).toEqual([...every(4, 0, 48), 49]);
  });

  it('says why nothing is skipped', () => {
    const why = (options: TeaCacheOptions, calls = 50) =>
      createTeaCachePolicy(options).explainFull(runOf(calls));
    expect(why({})).toBeNull();
    expect(why({ threshold: 0 })).toBe('threshold is 0');
    expect(why({}, 2)).toBe('the first 1 and last 1 calls are always full (calls: 2)');
    expect(why({ threshold: 0.1 })).toBe(
      'threshold 0.1 is no more than the least that a call adds, 0.180',
    );
  });

  it('asks for a threshold where the coefficients suggest none', () => {
    expect(() => createTeaCachePolicy({ coefficients: PLAIN })).toThrow(
      'threshold must be given, as the coefficients suggest none, got "auto"',
    );
  });
});

describe('the published coefficient sets', () => {
  /** [set, change, value] at three digits, from the survey of the released codes. */
  const VALUES: [string, number, number][] = [
    ['flux.1-dev', 0, 0.264],
    ['flux.1-dev', 0.053, 0.18],
    ['flux.1-dev', 0.1, 0.207],
    ['flux.1-dev', 0.2, 0.262],
    ['hunyuan-video', 0.031, 0.052],
    ['hunyuan-video', 0.1, 0.129],
    ['wan2.1-t2v-14b', 0, -13.02],
  ];

  it.each(VALUES)('%s at %d is about %d', (coefficients, change, value) => {
    expect(compileTeaCache({ coefficients }).polynomial(change)).toBeCloseTo(value, 2);
  });

  it.each([
    ['wan2.1-t2v-14b', 0.1, 0.13],
    ['wan2.1-t2v-1.3b', 0.19, 0.18],
    ['mochi', 0.15, 0.14],
    ['lumina-next', 0.285, 0.275],
    ['cogvideox-2b', 0.0015, 0.0025],
  ])('%s is negative at %d and not at %d', (coefficients, negative, positive) => {
    const { polynomial } = compileTeaCache({ coefficients });
    expect(polynomial(negative)).toBeLessThan(0);
    expect(polynomial(positive)).toBeGreaterThan(0);
  });

  it.each(TEACACHE_SETS)('%s is complete', (name) => {
    const set = teaCacheSet(name);
    if (set === undefined) throw new Error(`no set ${name}`);
    expect(set.coefficients).toHaveLength(5);
    expect(set.coefficients.every(Number.isFinite)).toBe(true);
    expect([...set.thresholds].sort((a, b) => a - b)).toEqual(set.thresholds);
    expect(set.source).not.toBe('');
    expect(createTeaCachePolicy({ coefficients: name }).toString()).toBe(
      `teacache(threshold=${suggestedThreshold(set)}, coefficients=${name})`,
    );
  });
});
