import { playedFullCalls, runOf, type Measurements } from '../test/runs.js';
import { createEasyCachePolicy, type EasyCacheOptions } from './index.js';

/** kappa = 1 / 0.5 = 2 from the second full call on; a call adds 2 * 0.1 / 2 = 0.1. */
const STEADY: Measurements = {
  before: (call) => (call === 0 ? {} : { 'input-change': 0.1 }),
  after: (call) => ({
    'output-size': 2,
    ...(call === 0 ? {} : { 'output-change': 1, 'input-span': 0.5 }),
  }),
};

const play = (options: EasyCacheOptions, calls: number, measurements = STEADY) =>
  playedFullCalls(createEasyCachePolicy(options), calls, measurements);

describe('easycache', () => {
  it('skips while the estimated change of the output stays below the threshold', () => {
    // After call 1: 0.1 and 0.2 are below 0.25, 0.3 is not. Call 11 is the last.
    expect(play({ threshold: 0.25, warmup: 2 }, 12)).toEqual([0, 1, 4, 7, 10, 11]);
  });

  it('computes until two full calls have shown the rate', () => {
    expect(play({ threshold: 0.25, warmup: 0, tail: 0 }, 6)).toEqual([0, 1, 4]);
  });

  it('learns the rate anew at every full call', () => {
    const after = (call: number) => ({
      'output-size': 2,
      ...(call === 0 ? {} : { 'output-change': call < 4 ? 1 : 3, 'input-span': 0.5 }),
    });
    // Thrice as fast from call 4 on: 0.3 is not below 0.25.
    expect(play({ threshold: 0.25, warmup: 2 }, 8, { ...STEADY, after })).toEqual([
      0, 1, 4, 5, 6, 7,
    ]);
  });

  it('divides by the size of the last computed output', () => {
    const after = (call: number) => ({ ...STEADY.after?.(call), 'output-size': 4 });
    // 0.05 a call: 0.25 is not below 0.25, after four skips.
    expect(play({ threshold: 0.25, warmup: 2, tail: 0 }, 8, { ...STEADY, after })).toEqual([
      0, 1, 6,
    ]);
  });

  it('computes where an output of size 0 allows no ratio', () => {
    const after = (call: number) => ({ ...STEADY.after?.(call), 'output-size': 0 });
    expect(play({ threshold: 0.25, warmup: 2 }, 4, { ...STEADY, after })).toEqual([0, 1, 2, 3]);
  });

  it('has Wan’s settings: 0.05, ten calls first, one last', () => {
    const policy = createEasyCachePolicy();
    expect(policy.toString()).toBe('easycache(threshold=0.05, warmup=10, tail=1)');
    expect(policy.granularities[0]).toBe('change');
    expect(policy.setup(runOf(9), 'change').probes.map(({ kind }) => kind)).toEqual([
      'input-change',
      'output-rate',
    ]);
    expect(play({ threshold: 1e9 }, 50)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 49]);
  });

  it('says why nothing is skipped', () => {
    const why = (options: EasyCacheOptions) => createEasyCachePolicy(options).explainFull(runOf(9));
    expect(why({ threshold: 0 })).toBe('threshold is 0');
    expect(why({})).toBe('warmup 10 covers the whole run (calls: 9)');
    expect(why({ warmup: 8 })).toBe('warmup 8 and tail 1 cover the whole run (calls: 9)');
    expect(why({ warmup: 7 })).toBeNull();
  });
});
