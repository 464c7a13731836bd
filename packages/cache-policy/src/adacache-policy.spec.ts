import { playedFullCalls, runOf, type Measurements } from '../test/runs.js';
import { motionFactor } from './adacache-motion.js';
import { createAdaCachePolicy, type AdaCacheOptions } from './index.js';
import { TEST_NETWORK } from './synthetic-host.js';

const CODEBOOK = '0.1:4,0.2:2,1:1';

/** The same distance between any two full calls but the first, which has none before it. */
const distance = (change: number, motion?: (call: number) => number): Measurements => ({
  after: (call) => ({
    ...(call === 0 ? {} : { 'feature-change': change }),
    ...(motion === undefined ? {} : { 'feature-motion': motion(call) }),
  }),
});

const play = (options: AdaCacheOptions, calls: number, measurements: Measurements) =>
  playedFullCalls(createAdaCachePolicy(options), calls, measurements);

describe('adacache', () => {
  it('looks the gap up by the distance, divided by the gap before', () => {
    // Call 1: 0.3 over 1 call, gap 1. Always 1 from there.
    expect(play({ codebook: CODEBOOK }, 6, distance(0.3))).toEqual([0, 1, 2, 3, 4, 5]);
    // Call 1: 0.15, gap 2. Call 3: 0.15 / 2 = 0.075, gap 4. Call 7: 0.0375, gap 4. Calls 14 and 15 are the last two.
    expect(play({ codebook: CODEBOOK }, 16, distance(0.15))).toEqual([0, 1, 3, 7, 11, 14, 15]);
  });

  it('takes the entry strictly above the distance, and the last one beyond all', () => {
    expect(play({ codebook: CODEBOOK }, 8, distance(0.2))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(play({ codebook: '0.1:4,0.2:3' }, 8, distance(5))).toEqual([0, 1, 4, 6, 7]);
  });

  it('paces the released 100-step codebook', () => {
    const full = play({}, 100, distance(0.04));
    // Call 1: 0.04, gap 10. Call 11: 0.004, gap 12.
    expect(full).toEqual([0, 1, 11, 23, 35, 47, 59, 71, 83, 95, 98, 99]);
  });

  it('paces alike with the paper’s print of the slow codebook', () => {
    const slow = (codebook: string) =>
      [0.05, 0.1, 0.2, 0.3, 0.9].map((change) => play({ codebook }, 30, distance(change)));
    expect(slow('slow-30-paper')).toEqual(slow('slow-30'));
  });

  it('computes after a full call that was not measured', () => {
    const after = (call: number) => (call === 0 || call === 5 ? {} : { 'feature-change': 0.05 });
    // Gap 4 after call 1, nothing known at call 5, so 6 as well.
    expect(play({ codebook: CODEBOOK }, 14, { after })).toEqual([0, 1, 5, 6, 10, 12, 13]);
  });

  it('divides by the real gap where a wrapper computed earlier', () => {
    const policy = createAdaCachePolicy({ codebook: CODEBOOK });
    const context = { run: runOf(30), branch: 'cond', scalars: {} };
    policy.observe(
      { ...context, callIndex: 9, fullCalls: [5] },
      {
        kind: 'full',
        scalars: { 'feature-change': 0.36 },
      },
    );
    // 0.36 / 4 = 0.09: gap 4.
    const at = (callIndex: number) => policy.decide({ ...context, callIndex, fullCalls: [5, 9] });
    expect([at(12).kind, at(13).kind]).toEqual(['reuse', 'full']);
  });

  describe('with motion', () => {
    const book = '0.1:4,0.2:2,1:1';

    it('as in the code multiplies by (m / 0.385)^8 and ten times its change per call', () => {
      // Motion 0.385 is 1, as it is before: factor 1. 0.05 over 1 call: gap 4.
      const usual = distance(0.05, () => 0.385);
      const options = { codebook: book, motion: 'code', frame: 7 } as const;
      expect(play(options, 100, usual)[13]).toBe(play({ codebook: book }, 100, usual)[13]);
      // Twice that from call 11 on, inside the window: 256 + |10 * 255 / 4|, so 0.05 / 4 * 893 is beyond all: gap 1.
      const faster = distance(0.05, (call) => (call < 11 ? 0.385 : 0.77));
      const full = play(options, 100, faster);
      expect(full.slice(0, 7)).toEqual([0, 1, 5, 9, 13, 14, 15]);
    });

    it('as in the paper adds the change itself, with its sign', () => {
      const options = { codebook: book, motion: 'paper', frame: 7 } as const;
      // Before the window 1. At call 9 m = 0.5: 0.5 + (0.5 - 1) / 4 = 0.375; 0.9 / 4 * 0.375 = 0.084: gap 4.
      const still = distance(0.9, () => 0.5);
      const spaced = {
        after: (call: number) =>
          call < 9
            ? { ...still.after?.(call), 'feature-change': 0.05 }
            : (still.after?.(call) ?? {}),
      };
      expect(play(options, 100, spaced).slice(0, 6)).toEqual([0, 1, 5, 9, 13, 15]);
    });

    it('counts in the window only, scaled to the run', () => {
      const wild = distance(0.05, () => 5);
      const options = { codebook: book, motion: 'code', frame: 7 } as const;
      // 10 to 90 of 100, from 1: calls 9 to 89. In a run of 20 calls: 1 to 17.
      expect(play(options, 100, wild).slice(0, 5)).toEqual([0, 1, 5, 9, 10]);
      expect(play(options, 20, wild).slice(0, 4)).toEqual([0, 1, 2, 3]);
    });
  });

  it('takes less motion as well as more, where the paper subtracts it', () => {
    const falling = { before: 1, gap: 2 };
    // m = 0.5^8 = 1/256: m + |10 (m - 1) / 2|, against 0.1925 + (0.1925 - 1) / 2.
    const code = motionFactor('code', { ...falling, score: 0.1925 });
    expect(code.motion).toBeCloseTo(1 / 256, 12);
    expect(code.factor).toBeCloseTo(1 / 256 + (5 * 255) / 256, 12);
    const paper = motionFactor('paper', { ...falling, score: 0.1925 });
    expect(paper.factor).toBeCloseTo(0.1925 - 0.40375, 12);
    expect(motionFactor('code', { ...falling, score: null })).toEqual({ motion: 1, factor: 1 });
  });

  it('measures the attention of the middle block, 13 of 28, unless a site is named', () => {
    const siteOf = (options: AdaCacheOptions, blocks = 6) => {
      const sites = Array.from({ length: blocks }, (_, block) => ({
        name: `blocks.${block}.attention`,
        kind: 'attention' as const,
        block,
        tokens: 49,
      }));
      const run = { ...runOf(9), network: { blocks, sites } };
      return createAdaCachePolicy(options)
        .setup(run, 'residual')
        .probes.map(({ site }) => site);
    };
    expect(siteOf({}, 28)).toEqual(['blocks.13.attention']);
    expect(siteOf({})).toEqual(['blocks.2.attention']);
    expect(siteOf({ site: 'blocks.4.attention' })).toEqual(['blocks.4.attention']);
    expect(siteOf({ motion: 'code', frame: 7 })).toHaveLength(2);
    expect(() => siteOf({ site: 'blocks.9.mlp' })).toThrow(
      'site must be a module of the network, got "blocks.9.mlp"',
    );
  });

  it.each([8, 49, 98])('refuses frames of %d tokens, as 49 are not several of them', (frame) => {
    const sites = [{ name: 'mixer', kind: 'attention' as const, block: 0, tokens: 49 }];
    const run = { ...runOf(9), network: { blocks: 1, sites } };
    const policy = createAdaCachePolicy({ motion: 'paper', frame });
    expect(() => policy.setup(run, 'residual')).toThrow(
      `frame must be a divisor of the 49 tokens of mixer, less than them, got ${frame}`,
    );
    // Where nobody says how many tokens there are, the host finds out.
    const named = createAdaCachePolicy({ motion: 'paper', frame, site: 'mixer' });
    expect(named.setup(runOf(9), 'residual').probes[1]?.count).toBe(frame);
  });

  it('falls back to another module in a middle block without attention', () => {
    const sites = [{ name: 'single.0', kind: 'single' as const, block: 0, tokens: 9 }];
    const setup = (network: { blocks: number; sites: typeof sites }) =>
      createAdaCachePolicy().setup({ ...runOf(9), network }, 'residual').probes[0]?.site;
    expect(setup({ blocks: 1, sites })).toBe('single.0');
    expect(() => setup({ blocks: 1, sites: [] })).toThrow(
      'site must be given for a network without a module in its middle block, got "auto"',
    );
    expect(() => createAdaCachePolicy().setup(runOf(9), 'residual')).toThrow(
      'network must be the modules of the network, which adacache without a site needs, got undefined',
    );
  });

  it('says why nothing is skipped', () => {
    const run = { ...runOf(4), network: TEST_NETWORK };
    expect(createAdaCachePolicy().explainFull(run)).toBe(
      'the first 2 and last 2 calls are always full (calls: 4)',
    );
    expect(createAdaCachePolicy({ codebook: '0.5:1,1:1' }).explainFull(runOf(50))).toBe(
      'every gap of the codebook is 1',
    );
  });

  it.each<[AdaCacheOptions, string]>([
    [{ motion: 'code' }, 'frame must be at least 1, as motion is code, got 0'],
    [{ frame: 4 }, 'motion must be code or paper, as frame is 4, got "off"'],
    ...['', '1', '1:0', '1:1.5', '0:1', '0.2:1,0.1:2', '0.1:1,0.1:2', '1:2:3', 'a:1', 'fast'].map(
      (codebook): [AdaCacheOptions, string] => [
        { codebook },
        'codebook must be "change:gap,..." with rising changes > 0 and gaps >= 1, or one of ' +
          `fast-100, fast-30, slow-30, slow-30-paper, got "${codebook}"`,
      ],
    ),
  ])('refuses %p', (options, message) => {
    expect(() => createAdaCachePolicy(options)).toThrow(message);
  });
});
