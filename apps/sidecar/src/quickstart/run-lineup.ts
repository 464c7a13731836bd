import type { Generated } from '../generation/generate-images.js';
import { generateRow, inRounds, warmUp, type RowTools } from '../generation/generate-row.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { presetForJob } from '../presets/resolve-for-job.js';
import { lineupFor, SHIPPED_PRESET, type Entry } from './lineup.js';

/** A row of the table with its images. */
export interface RunEntry {
  readonly entry: Entry;
  /** Of the first round; the others only repeat it. */
  readonly generated: Generated;
  /** Sampling alone, one number a round. */
  readonly wallMs: readonly number[];
}

/** What `runLineup` takes. */
export interface LineupOptions extends RowTools {
  /** Count, seed, steps and guidance that all rows share. */
  readonly job: GenerationJob;
  /** How often the whole line-up is timed, >= 1. */
  readonly rounds: number;
}

/** Generates the same seeds under every policy, in rounds, after a few calls to warm up. */
export async function runLineup(options: LineupOptions): Promise<RunEntry[]> {
  const { job, rounds } = options;
  const taylorSeer = { interval: '2', order: '1', warmup: '2' };
  await warmUp(options, [
    { ...job, mode: 'local', policy: { name: 'full', options: {} } },
    { ...job, policy: { name: 'taylorseer', options: taylorSeer } },
  ]);
  const entries = lineupFor(job.steps, await shippedPreset(options));
  const generated = await inRounds(entries, rounds, ({ label, mode, policy, granularity = null }) =>
    generateRow(
      options,
      { ...job, mode, policy, granularity },
      { label, summary: ({ wallMs }) => `${(wallMs / 1000).toFixed(2)} s` },
    ),
  );
  return entries.flatMap((entry, row) => {
    const timed = generated[row] ?? [];
    const [first] = timed;
    return first === undefined
      ? []
      : [{ entry, generated: first, wallMs: timed.map(({ wallMs }) => wallMs) }];
  });
}

/** The model's preset as a policy for this job; null where it was made for another number of steps. */
async function shippedPreset({ job, workshop }: LineupOptions) {
  const { manifest } = workshop;
  if (job.steps !== manifest.sampler.steps) return null;
  return presetForJob(job, { policy: SHIPPED_PRESET, granularity: null, manifest }, {});
}
