import { NO_SETUP, type RunStatistics } from '@forecache/adapters';
import type { Classifier } from '../evaluation-model/classifier.js';
import { LEAST_FOR_FRECHET } from '../evaluation-model/judge-images.js';
import type { Generated } from '../generation/generate-images.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { infinitiesAsText } from '../json-file.js';
import { judgeLineup } from './judge-lineup.js';
import { lineupFor } from './lineup.js';
import { describeBits, isBitIdentical, notesOf, resultsJson } from './quickstart-report.js';
import type { RunEntry } from './run-lineup.js';

const EDGE = 11;
const PRESET = {
  policy: { name: 'scheduled', options: { schedule: '0,10', weights: 'reuse' } },
  granularity: 'output',
} as const;
const LINEUP = lineupFor(50, null);

/** A run whose images have one grey each. */
function ran(
  index: number,
  changes: Partial<Generated> & { grey?: number; count?: number } = {},
): RunEntry {
  const entry = LINEUP[index];
  if (entry === undefined) throw new Error('no such row');
  const { grey = 0.5, count = 2, ...rest } = changes;
  const pixels = new Float32Array(EDGE * EDGE).fill(grey);
  const image = { width: EDGE, height: EDGE, channels: 1, pixels } as const;
  const generated: Generated = {
    images: Array.from({ length: count }, () => image),
    samples: pixels,
    actions: ['full', 'forecast'],
    runs: [],
    setup: NO_SETUP,
    policy: 'p()',
    steps: 2,
    statistics: [null],
    fallback: null,
    wallMs: 100,
    ...rest,
  };
  return { entry, generated, wallMs: [generated.wallMs] };
}

/** Sees class 1 everywhere; two features that vary from image to image. */
const classifier: Classifier = {
  judge: async (images) => ({
    logits: images.map(() => Float32Array.of(0, 1)),
    features: images.map((_, i) => Float32Array.of(i % 2, i % 3)),
  }),
  close: async () => undefined,
};
/** What the sidecar counted in one run. */
const COUNTED: RunStatistics = {
  ...{ runId: 'r', policy: 'p()', client: '', outcome: 'ok', fullCalls: 1, forecastCalls: 2 },
  ...{ forwarded: 3, partial: 1, forecast: 2, stored: 0, peakBytes: 0, sites: [] },
  ...{ wallUs: 1, hostUs: 1, forecastUs: 1 },
};
const unit = [
  [1, 0],
  [0, 1],
];
const reference = { mean: [0, 0], covariance: unit };
const [direct, full, short, plan] = [0, 1, 2, LINEUP.length - 1];

describe('lineupFor', () => {
  it('gives fewer steps as many full calls as TaylorSeer has', () => {
    expect(LINEUP.slice(2, 4).map(({ label }) => label)).toEqual(['18 steps', '12 steps']);
  });
});

describe('the model’s preset', () => {
  it('comes last, by plan, where there is one', () => {
    const last = lineupFor(50, PRESET).at(-1);
    expect(last).toEqual({ ...PRESET, label: 'preset, plan', mode: 'plan' });
    expect(LINEUP.map(({ label }) => label)).not.toContain('preset, plan');
  });
});

describe('judgeLineup', () => {
  it('measures against full compute: images by its images, time by its time', async () => {
    const runs = [
      ran(direct, { wallMs: 50 }),
      ran(full, { wallMs: 200 }),
      ran(short, { grey: 0.6 }),
    ];
    const results = await judgeLineup(runs, { classifier, reference, labels: [1, 0] });
    expect(results.map(({ speedup }) => speedup?.mean)).toEqual([4, 1, 2]);
    expect(results.map(({ psnr }) => psnr?.mean)).toEqual([
      Infinity,
      undefined,
      expect.closeTo(20, 4),
    ]);
    expect(results.map(({ classAccuracy }) => classAccuracy)).toEqual([0.5, 0.5, 0.5]);
  });

  it('measures the time of a run by plan against the model alone', async () => {
    const runs = [
      ran(direct, { wallMs: 50 }),
      ran(full, { wallMs: 200 }),
      ran(plan, { wallMs: 25 }),
    ];
    const results = await judgeLineup(runs, { classifier, reference, labels: [1, 1] });
    expect(results[2]?.speedup?.mean).toBe(2);
  });

  it('keeps what was computed in part: calls for the timeline, feature calls for the table', async () => {
    const actions = ['full', 'partial', 'reuse'] as const;
    const runs = [ran(full), ran(short, { actions, statistics: [COUNTED, COUNTED] })];
    const [whole, inPart] = await judgeLineup(runs, { classifier, reference, labels: [1, 1] });
    expect(inPart).toMatchObject({ actions, forwarded: 6, partial: 2, forecast: 4 });
    expect(whole).toMatchObject({ forwarded: null, partial: null, forecast: null });
  });

  it('compares times within a round, and says how they spread', async () => {
    const runs = [
      { ...ran(full), wallMs: [200, 400] },
      { ...ran(short), wallMs: [100, 100] },
    ];
    const results = await judgeLineup(runs, { classifier, reference, labels: [1, 1] });
    expect(results[1]?.speedup).toMatchObject({ mean: 3, smallest: 2, largest: 4, count: 2 });
    expect(results[1]?.wallMs).toBe(100);
  });

  it('takes a Fréchet distance of enough images only', async () => {
    const frechet = async (count: number) => {
      const labels = new Array<number>(count).fill(1);
      return (await judgeLineup([ran(full, { count })], { classifier, reference, labels }))[0]
        ?.frechet;
    };
    expect(await frechet(LEAST_FOR_FRECHET - 1)).toBeNull();
    expect(await frechet(LEAST_FOR_FRECHET)).toBeGreaterThan(0);
  });
});

describe('the report', () => {
  const job: GenerationJob = {
    policy: { name: 'full', options: {} },
    mode: 'intercept',
    granularity: null,
    transfer: 'shared',
    sampler: 'euler',
    shift: 1,
    steps: 2,
    guidance: 2,
    labels: [0, 1],
    seed: 1,
    batch: 2,
    client: 'test',
  };
  const findings = { job, results: [], classNames: [], machine: [], isFullSheet: false };

  it('says whether interception changed a bit', () => {
    const same = [ran(direct), ran(full)];
    const other = [ran(direct), ran(full, { samples: new Float32Array(EDGE * EDGE).fill(-0.5) })];
    expect([isBitIdentical(same), isBitIdentical(other), isBitIdentical([])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(describeBits(other)).toContain('DIFFERS');
  });

  it('tells +0 from -0: bits, not numbers', () => {
    const [zero, minus] = [Float32Array.of(0), Float32Array.of(-0)];
    expect(isBitIdentical([ran(direct, { samples: zero }), ran(full, { samples: minus })])).toBe(
      false,
    );
  });

  it('notes a sidecar that died', () => {
    const runs = [ran(full, { fallback: { run: 0, callIndex: 7, reason: 'gone' } })];
    expect(notesOf({ ...findings, runs })).toContain(
      'full: the sidecar was gone from call 7 on; the rest is full compute.',
    );
  });

  it('writes infinities as text', async () => {
    const runs = [ran(direct), ran(full)];
    const results = await judgeLineup(runs, { classifier, reference, labels: [1, 1] });
    expect(JSON.stringify(resultsJson({ ...findings, runs, results }), infinitiesAsText)).toContain(
      '"mean":"Infinity"',
    );
  });
});
