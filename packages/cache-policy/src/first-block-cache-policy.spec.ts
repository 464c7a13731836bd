import { playedFullCalls, runOf } from '../test/runs.js';
import { compileRunSetup, createFirstBlockCachePolicy } from './index.js';
import { TEST_NETWORK } from './synthetic-host.js';

const run = { ...runOf(9), network: TEST_NETWORK };

const changes = (...values: readonly (number | undefined)[]) => ({
  before: (call: number) => {
    const value = values[call];
    return value === undefined ? {} : { 'first-blocks-change': value };
  },
});

describe('first-block-cache', () => {
  it('skips at a change up to the threshold, one call at a time', () => {
    const policy = createFirstBlockCachePolicy({ threshold: 0.1 });
    expect(playedFullCalls(policy, 5, changes(undefined, 0.1, 0.11, 0.05, undefined))).toEqual([
      0, 2, 4,
    ]);
  });

  it.each([0, -1])('is off at threshold %d, even where nothing changes', (threshold) => {
    const policy = createFirstBlockCachePolicy({ threshold });
    expect(playedFullCalls(policy, 3, changes(undefined, 0, 0))).toEqual([0, 1, 2]);
    expect(policy.explainFull(run)).toBe(`threshold is ${threshold}`);
  });

  it('keeps what lies between the first and the last blocks, and measures the first', () => {
    const policy = createFirstBlockCachePolicy({ blocks: 2, rear: 1 });
    expect(compileRunSetup({ policy, run })).toEqual({
      granularity: 'residual',
      sites: ['blocks.2-4'],
      historySize: 1,
      tokenCache: null,
      probes: [{ kind: 'first-blocks-change', count: 2, site: '' }],
    });
    expect(createFirstBlockCachePolicy().setup(run, 'residual').sites).toEqual(['blocks.1-5']);
  });

  it('refuses to skip no block, or blocks it does not know', () => {
    const policy = createFirstBlockCachePolicy({ blocks: 4, rear: 2 });
    expect(() => policy.setup(run, 'residual')).toThrow(
      'blocks + rear must be less than the network’s 6 blocks, got 6',
    );
    expect(() => policy.setup(runOf(9), 'residual')).toThrow(
      'network must be the modules of the network, which first-block-cache needs, got undefined',
    );
  });
});
