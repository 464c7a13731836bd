import { mkdir } from 'node:fs/promises';
import { loadManifest } from '@forecache/demo-model';
import type { Command } from 'commander';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import type { RawOptions } from '../command-line/parse-values.js';
import { addPolicyFlags, DEFAULT_POLICY, policyOf } from '../command-line/policy-flags.js';
import { startProgress } from '../command-line/progress.js';
import { compileJob, type JobFlags } from '../generation/compile-job.js';
import { generateImages, type Generated } from '../generation/generate-images.js';
import { batchesOf, GRANULARITY_HELP, type GenerationJob } from '../generation/generation-job.js';
import { plannedSteps } from '../generation/planned-steps.js';
import { describeRun, writeRun } from '../generation/run-record.js';
import { openWorkshop } from '../generation/workshop.js';
import { resolveForJob } from '../presets/resolve-for-job.js';
import { DEFAULT_SAMPLER, SAMPLERS } from '../sampler/samplers.js';

interface GenerateFlags extends JobFlags, RawOptions {
  readonly policy?: string;
  readonly out: string;
  readonly sidecar?: string;
  readonly json?: true;
}

const HELP = `
Writes image-0000.png …, contact-sheet.png and run.json. Image i depends on seed + i alone, not on the batch.
Without --sidecar, a model host and a sidecar are started for the time of the run. When the sidecar dies, the run
is finished in full compute and run.json says from which call on.

Examples:
  $ forecache generate --policy taylorseer --interval 5 --order 2 --count 16 --seed 1 --out out/taylorseer
  $ forecache generate --policy full --mode local --count 16 --seed 1 --out out/reference
  $ forecache generate --policy fora --interval 3 --class dress --sidecar 127.0.0.1:50051 --out out/dresses
  $ forecache generate --policy toca --interval 3 --ratio 0.2 --out out/toca
  $ forecache generate --policy easycache --threshold 0.05 --mode plan --out out/easycache
  $ forecache generate --preset ./my-preset.json --full-calls 12 --out out/preset
  $ forecache generate --policy fewer-steps --option steps=18 --out out/eighteen
  $ forecache generate --policy full --sampler dpmpp-2m --shift 3 --steps 12 --out out/twelve`;

/** `forecache generate`: images of the demo model under one policy. */
export function registerGenerate(program: Command, output: Output): void {
  const command = program
    .command('generate')
    .summary('make images with the demo model under one policy')
    .description('Makes images with the demo model, its feature calls answered by a sidecar.')
    .requiredOption('--out <directory>', 'where the images go; made if missing')
    .option('--count <images>', 'images to make', '16')
    .option('--seed <seed>', 'image i is made from seed + i', '1')
    .option('--class <class>', 'class name, its number, or cycle', 'cycle')
    .option('--sampler <name>', SAMPLERS.join(', '), DEFAULT_SAMPLER)
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--shift <shift>', 'moves the sampler’s times towards the noise when above 1', '1')
    .option('--guidance <scale>', 'classifier-free guidance; default: the model’s')
    .option('--granularity <where>', GRANULARITY_HELP)
    .option(
      '--mode <mode>',
      'intercept, plan, proxy, or local (no sidecar, full compute)',
      'intercept',
    )
    .option('--transfer <how>', 'how tensors travel: shared (memory) or inline', 'shared')
    .option('--batch <images>', 'images in one run', '16')
    .option('--sidecar <address>', 'use a sidecar that runs already, e.g. 127.0.0.1:50051')
    .option('--json', 'print run.json')
    .addHelpText('after', HELP);
  addPolicyFlags(command).action(async (flags: GenerateFlags) => {
    const manifest = await loadManifest();
    const fallbackPolicy = flags.mode === 'local' ? 'full' : DEFAULT_POLICY;
    const asked = { flags, policy: policyOf(flags, fallbackPolicy), manifest };
    const { policy, granularity, warnings } = await resolveForJob(asked);
    warnings.forEach((warning) => output.warn(warning));
    const job = { ...compileJob(flags, policy, manifest), granularity };
    await withInterruption((signal) => generate({ flags, job, output, signal }));
  });
}

interface Generation {
  readonly flags: GenerateFlags;
  readonly job: GenerationJob;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function generate({ flags, job, output, signal }: Generation): Promise<void> {
  await mkdir(flags.out, { recursive: true });
  const planned = plannedSteps(job);
  const workshop = await openWorkshop({ job, output, sidecar: flags.sidecar ?? null }, signal);
  try {
    const progress = startProgress(output, planned.label, batchesOf(job).length * planned.calls);
    const opener = workshop.opener(job);
    const generated = await generateImages(job, {
      opener,
      format: workshop.manifest.image,
      signal,
      onCall: progress.step,
    }).catch((error: unknown) => {
      progress.abandon();
      throw error;
    });
    progress.end(`${job.labels.length} images in ${(generated.wallMs / 1000).toFixed(2)} s`);
    await finish({ flags, job, output }, generated, workshop.manifest.classNames);
  } finally {
    await workshop.close();
  }
}

async function finish(
  { flags, job, output }: Omit<Generation, 'signal'>,
  generated: Generated,
  classNames: readonly string[],
): Promise<void> {
  const record = await writeRun(flags.out, { job, generated, classNames });
  output.print(flags.json ? JSON.stringify(record) : describeRun(record, flags.out));
}
