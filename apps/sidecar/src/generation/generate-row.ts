import type { Output } from '../command-line/output.js';
import { startProgress } from '../command-line/progress.js';
import { generateImages, type Generated } from './generate-images.js';
import { batchesOf, type GenerationJob } from './generation-job.js';
import { plannedSteps } from './planned-steps.js';
import type { Workshop } from './workshop.js';

/** What making the images of a table's rows needs. */
export interface RowTools {
  readonly workshop: Workshop;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Makes one row's images with a progress bar called `label`; `summary` is the line that stays. */
export async function generateRow(
  { workshop, output, signal }: RowTools,
  job: GenerationJob,
  { label, summary }: { readonly label: string; summary(generated: Generated): string },
): Promise<Generated> {
  const calls = batchesOf(job).length * plannedSteps(job).calls;
  const progress = startProgress(output, label, calls);
  const tools = { opener: workshop.opener(job), format: workshop.manifest.image, signal };
  try {
    const generated = await generateImages(job, { ...tools, onCall: progress.step });
    progress.end(summary(generated));
    return generated;
  } catch (error) {
    progress.abandon();
    throw error;
  }
}

/** A few calls of every kind, so that the first row does not pay for loading and compiling. */
export async function warmUp(
  { workshop, output, signal }: RowTools,
  jobs: readonly GenerationJob[],
): Promise<void> {
  const progress = startProgress(output, 'warm-up', 1);
  for (const job of jobs) {
    const steps = isForItsSteps(job) ? job.steps : 4;
    const few = { ...job, steps, labels: job.labels.slice(0, job.batch) };
    const opener = workshop.opener(few);
    await generateImages(few, { opener, format: workshop.manifest.image, signal });
  }
  progress.end('done');
}

/** Whether a policy has a plan for its job's number of calls only. */
function isForItsSteps({ policy }: GenerationJob): boolean {
  return policy.name === 'scheduled';
}

/**
 * Runs every entry once a round, one after the other, so that a busy moment of the machine does not hit one row alone.
 * Answers one list an entry, with one result a round.
 */
export async function inRounds<Entry, Result>(
  entries: readonly Entry[],
  rounds: number,
  run: (entry: Entry, round: number) => Promise<Result>,
): Promise<Result[][]> {
  const results: Result[][] = entries.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [row, entry] of entries.entries()) {
      results[row]?.push(await run(entry, round));
    }
  }
  return results;
}
