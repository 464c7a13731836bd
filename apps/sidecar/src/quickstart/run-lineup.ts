import { startProgress } from '../command-line/progress.js';
import type { Output } from '../command-line/output.js';
import { generateImages, type Generated } from '../generation/generate-images.js';
import { batchesOf, type GenerationJob } from '../generation/generation-job.js';
import { plannedSteps } from '../generation/planned-steps.js';
import type { Workshop } from '../generation/workshop.js';
import { lineupFor, type Entry } from './lineup.js';

/** A row of the table with its images. */
export interface RunEntry {
  readonly entry: Entry;
  /** Of the first round; the others only repeat it. */
  readonly generated: Generated;
  /** Sampling alone, one number a round. */
  readonly wallMs: readonly number[];
}

/** What `runLineup` takes. */
export interface LineupOptions {
  readonly workshop: Workshop;
  /** Count, seed, steps and guidance that all rows share. */
  readonly job: GenerationJob;
  /** How often the whole line-up is timed, >= 1. */
  readonly rounds: number;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * Generates the same seeds under every policy, one after the other, after a few calls to warm up. Further rounds do
 * the same again, so that a busy moment of the machine does not hit one row alone.
 */
export async function runLineup(options: LineupOptions): Promise<RunEntry[]> {
  await warmUp(options);
  const entries = lineupFor(options.job.steps);
  const rounds: Generated[][] = [];
  for (let round = 0; round < options.rounds; round++) {
    const generated: Generated[] = [];
    for (const entry of entries) generated.push(await runEntry(options, entry));
    rounds.push(generated);
  }
  return entries.flatMap((entry, row) => {
    const timed = rounds.flatMap((generated) => generated[row] ?? []);
    const [first] = timed;
    const wallMs = timed.map((generated) => generated.wallMs);
    return first === undefined ? [] : [{ entry, generated: first, wallMs }];
  });
}

/** A few calls of every kind, so that the first row does not pay for loading and compiling. */
async function warmUp({ workshop, job, signal, output }: LineupOptions): Promise<void> {
  const progress = startProgress(output, 'warm-up', 1);
  const few = { ...job, steps: 4, labels: job.labels.slice(0, job.batch) };
  const policies = [
    { ...few, mode: 'local', policy: { name: 'full', options: {} } },
    { ...few, policy: { name: 'taylorseer', options: { interval: '2', order: '1', warmup: '2' } } },
  ] as const;
  for (const warm of policies) {
    const opener = workshop.opener(warm);
    await generateImages(warm, { opener, format: workshop.manifest.image, signal });
  }
  progress.end('done');
}

async function runEntry(
  { workshop, job, output, signal }: LineupOptions,
  entry: Entry,
): Promise<Generated> {
  const own: GenerationJob = { ...job, mode: entry.mode, policy: entry.policy };
  const calls = batchesOf(own).length * plannedSteps(own).steps;
  const progress = startProgress(output, entry.label, calls);
  const tools = { opener: workshop.opener(own), format: workshop.manifest.image, signal };
  try {
    const generated = await generateImages(own, { ...tools, onCall: progress.step });
    progress.end(`${(generated.wallMs / 1000).toFixed(2)} s`);
    return generated;
  } catch (error) {
    progress.abandon();
    throw error;
  }
}
