import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_SETUP } from '@forecache/adapters';
import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { ComparedRow } from '@forecache/evaluation';
import type { Output } from '../command-line/output.js';
import type { LendJudges } from '../evaluation-model/judge-images.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { plannedSteps } from '../generation/planned-steps.js';
import type { Workshop } from '../generation/workshop.js';
import { parseLineUp } from './parse-line-up.js';
import { planComparison, type ComparisonPlan } from './plan-comparison.js';
import { runComparison, type ComparisonOptions } from './run-comparison.js';

/** Kept by the fake policy that reuses. */
const SITES = ['blocks.0.attention', 'blocks.0.mlp'];

const directory = mkdtempSync(join(tmpdir(), 'forecache-run-comparison-'));
afterAll(() => rmSync(directory, { recursive: true }));

let manifest: ModelManifest;
let plan: ComparisonPlan;
beforeAll(async () => {
  manifest = await loadManifest();
  const flags = { count: '4', seed: '1', class: 'cycle', steps: '4', batch: '2' };
  const entries = parseLineUp('fora(interval=2), fewer-steps(steps=2)');
  plan = await planComparison(entries, { ...flags, mode: 'plan', transfer: 'shared' }, manifest);
});

/** What a fake network can be told to do. */
interface Behaviour {
  /** Called when a run is opened. */
  onOpen?(job: GenerationJob): void;
  readonly isGone?: boolean;
}

/** A workshop whose network answers one velocity a policy: x goes to x - velocity, image by image. */
function fakeWorkshop({ onOpen, isGone = false }: Behaviour = {}): Workshop & { made: string[] } {
  const made: string[] = [];
  return {
    made,
    manifest,
    services: null,
    opener: (job) => ({
      async open({ labels }) {
        made.push(`${job.policy.name} ${labels.length}`);
        onOpen?.(job);
        const speed = job.policy.name === 'fora' ? 0.5 : 0.25;
        return {
          caller: {
            call: async ({ callIndex, x }) => ({
              velocity: new Float32Array(x.length).fill(speed),
              plan: {
                callIndex,
                action: {
                  kind: job.policy.name === 'fora' && callIndex % 2 === 1 ? 'reuse' : 'full',
                },
                exceptions: [],
              },
            }),
          },
          steps: plannedSteps(job).steps,
          policy: job.policy.name,
          setup: { ...NO_SETUP, sites: job.policy.name === 'fora' ? SITES : [] },
          close: async () => ({
            statistics: null,
            fallback: isGone ? { callIndex: 1, reason: 'gone' } : null,
          }),
        };
      },
    }),
    close: async () => undefined,
  };
}

/** Sees class 0 everywhere and one feature that never varies. */
const withJudges: LendJudges = (_manifest, labels, use) =>
  use({
    labels,
    reference: { mean: [0], covariance: [[1]] },
    classifier: {
      judge: async (images) => ({
        logits: images.map(() => Float32Array.of(1, 0)),
        features: images.map(() => Float32Array.of(0)),
      }),
      close: async () => undefined,
    },
  });

const quiet: Output = {
  print: () => undefined,
  note: () => undefined,
  warn: () => undefined,
  progressStream: null,
};

function options(changes: Partial<ComparisonOptions> = {}): ComparisonOptions {
  return {
    plan,
    workshop: fakeWorkshop(),
    output: quiet,
    signal: new AbortController().signal,
    resumed: [],
    referenceFile: null,
    withJudges,
    timing: null,
    save: async () => undefined,
    ...changes,
  };
}

describe('runComparison', () => {
  it('measures every row against full compute of the same seeds', async () => {
    const { rows } = await runComparison(options());
    expect(rows.map(({ label }) => label)).toEqual([
      'full compute',
      'fora(interval=2)',
      'fewer-steps(steps=2)',
    ]);
    const [full, fora, fewer] = rows;
    expect([full?.psnr, full?.ssim, full?.frechet, full?.timing]).toEqual([null, null, null, null]);
    expect(fora?.psnr?.mean).toBeLessThan(40);
    expect(fora?.calls).toEqual({ full: 2, partial: 0, forecast: 2 });
    // Two steps of 1/2 go as far as four of 1/4.
    expect(fewer?.psnr?.mean).toBeGreaterThan(100);
    expect(fewer?.flopsSpeedup).toBe(2);
    expect(new Set(rows.map(({ samplesSha256 }) => samplesSha256)).size).toBe(3);
  });

  it('saves after every row what there is so far', async () => {
    const saved: number[] = [];
    await runComparison(options({ save: async (rows) => void saved.push(rows.length) }));
    expect(saved).toEqual([1, 2, 3, 3]);
  });

  it('keeps finished rows when it is interrupted', async () => {
    const controller = new AbortController();
    const workshop = fakeWorkshop({
      onOpen: ({ policy }) => policy.name === 'fewer-steps' && controller.abort(new Error('stop')),
    });
    let saved: readonly ComparedRow[] = [];
    const run = runComparison(
      options({ workshop, signal: controller.signal, save: async (rows) => void (saved = rows) }),
    );
    await expect(run).rejects.toThrow('stop');
    expect(saved.map(({ policy }) => policy)).toEqual(['full()', 'fora(interval=2)']);
  });

  it('throws when a row was finished without the sidecar: those are not its images', async () => {
    const workshop = fakeWorkshop({ isGone: true });
    await expect(runComparison(options({ workshop }))).rejects.toThrow(
      'full compute: the sidecar was gone from call 1 of run 0 on',
    );
  });
});

describe('resuming', () => {
  let finished: readonly ComparedRow[];
  beforeAll(async () => void (finished = (await runComparison(options())).rows));

  it('measures nothing again when everything is there', async () => {
    const workshop = fakeWorkshop();
    const { rows } = await runComparison(options({ workshop, resumed: finished }));
    expect(workshop.made).toEqual([]);
    expect(rows).toEqual(finished);
  });

  it('measures a missing row exactly as if nothing had been there', async () => {
    const workshop = fakeWorkshop();
    const { rows } = await runComparison(options({ workshop, resumed: finished.slice(0, 2) }));
    expect(workshop.made).toEqual(['full 2', 'full 2', 'fewer-steps 2', 'fewer-steps 2']);
    expect(rows).toEqual(finished);
  });

  it('need not make full compute again when its samples are kept', async () => {
    const referenceFile = join(directory, 'reference.f32');
    await runComparison(options({ referenceFile }));
    expect(existsSync(referenceFile)).toBe(true);
    const workshop = fakeWorkshop();
    const resumed = finished.slice(0, 2);
    const { rows } = await runComparison(options({ workshop, resumed, referenceFile }));
    expect(workshop.made).toEqual(['fewer-steps 2', 'fewer-steps 2']);
    expect(rows).toEqual(finished);
  });

  it('makes full compute again when the kept samples are not its own', async () => {
    const referenceFile = join(directory, 'other.f32');
    writeFileSync(referenceFile, new Uint8Array(4 * 4 * 784));
    const workshop = fakeWorkshop();
    const resumed = finished.slice(0, 2);
    const { rows } = await runComparison(options({ workshop, resumed, referenceFile }));
    expect(workshop.made[0]).toBe('full 2');
    expect(rows).toEqual(finished);
  });

  it('warns when full compute has other bits than the file says', async () => {
    const warnings: string[] = [];
    const [full, fora] = finished;
    const resumed = full && fora ? [{ ...full, samplesSha256: 'ff' }, fora] : [];
    const output = { ...quiet, warn: (message: string) => void warnings.push(message) };
    await runComparison(options({ resumed, output }));
    expect(warnings).toEqual([
      expect.stringContaining('does not give the bits of the resumed file'),
    ]);
  });

  it('keeps rows that are not asked for in the file, and shows those that are under their new names', async () => {
    const other = finished.map((row) => ({ ...row, label: 'old', key: `${row.key} other` }));
    const [full] = finished;
    const resumed = full ? [{ ...full, label: 'old' }, ...other] : other;
    let saved: readonly ComparedRow[] = [];
    const { rows } = await runComparison(
      options({ resumed, save: async (all) => void (saved = all) }),
    );
    expect(rows.map(({ label }) => label)).toEqual(finished.map(({ label }) => label));
    expect(saved).toHaveLength(2 * finished.length);
  });

  it('makes the first batch again for a sheet of images', async () => {
    const workshop = fakeWorkshop();
    const { rows, firstImages } = await runComparison(options({ workshop, resumed: finished }));
    const [, fora] = rows;
    expect(fora && (await firstImages(fora))).toHaveLength(2);
    expect(workshop.made).toEqual(['fora 2']);
  });
});

describe('timing', () => {
  const timing = { images: 2, rounds: 3 };

  it('is taken apart from quality: in rounds, of fewer images, against full compute', async () => {
    const workshop = fakeWorkshop();
    const { rows } = await runComparison(options({ workshop, timing }));
    const round = ['full 2', 'fora 2', 'fewer-steps 2'];
    // The last nine are the rounds; before them come two to warm up, and the quality of three rows of two runs each.
    expect(workshop.made.slice(-9)).toEqual([...round, ...round, ...round]);
    expect(workshop.made).toHaveLength(6 + 2 + 9);
    expect(rows[0]?.timing).toMatchObject({ images: 2, rounds: 3, speedup: { mean: 1, count: 3 } });
    expect(rows[1]?.timing?.speedup.count).toBe(3);
  });

  it('is taken of rows without such times only, always beside full compute', async () => {
    const { rows: timed } = await runComparison(options({ timing }));
    const [full, fora, fewer] = timed;
    if (!full || !fora || !fewer) throw new Error('three rows');
    const workshop = fakeWorkshop();
    const resumed = [full, fora, { ...fewer, timing: null }];
    const { rows } = await runComparison(options({ workshop, resumed, timing }));
    expect(new Set(workshop.made)).toEqual(new Set(['full 2', 'fewer-steps 2']));
    expect(rows[1]?.timing).toEqual(fora.timing);
    const settled = fakeWorkshop();
    await runComparison(options({ workshop: settled, resumed: rows, timing }));
    expect(settled.made).toEqual([]);
  });

  it('is taken again with other settings', async () => {
    const { rows: resumed } = await runComparison(options({ timing }));
    const workshop = fakeWorkshop();
    await runComparison(options({ workshop, resumed, timing: { images: 2, rounds: 1 } }));
    expect(workshop.made.slice(-3)).toEqual(['full 2', 'fora 2', 'fewer-steps 2']);
  });
});
