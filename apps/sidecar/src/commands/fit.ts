import { createOnnxModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { Command } from 'commander';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import { parseChoice } from '../command-line/parse-values.js';
import { startProgress } from '../command-line/progress.js';
import { fitMagCache } from '../fit/fit-magcache.js';
import { fitTeaCache } from '../fit/fit-teacache.js';
import type { FullSampling } from '../fit/sample-in-full.js';
import { compileJob } from '../generation/compile-job.js';
import { batchesOf, type GenerationJob } from '../generation/generation-job.js';

interface FitFlags {
  readonly count: string;
  readonly seed: string;
  readonly steps?: string;
  readonly guidance?: string;
  readonly batch: string;
  readonly json?: true;
}

const METHODS = ['teacache', 'magcache'] as const;
type Method = (typeof METHODS)[number];

/** What a fit found: the option that carries it, and how well it fits. */
interface Fit {
  readonly policy: Method;
  readonly option: 'coefficients' | 'ratios';
  readonly values: readonly number[];
  /** Of the polynomial; null for ratios, which are averages. */
  readonly rSquared: number | null;
  readonly images: number;
  readonly steps: number;
  readonly guidance: number;
  readonly seed: number;
}

const DIGITS = 9;

const HELP = `
teacache: the degree-4 polynomial from the change of the first block's modulated input to that of the output.
magcache: how much longer the stack's residual is at each call than at the one before.
Both hold for the model, sampler, steps and guidance they were fitted with.

Examples:
  $ forecache fit teacache --count 64 --seed 100000
  $ forecache fit magcache --steps 28 --json`;

/** `forecache fit`: the numbers that a gate needs of a model, measured on the embedded one. */
export function registerFit(program: Command, output: Output): void {
  program
    .command('fit')
    .summary('fit the numbers that teacache or magcache needs of the model')
    .description('Runs the demo model in full and fits what a gate needs to know of it.')
    .argument('<policy>', METHODS.join(' or '))
    .option('--count <images>', 'images to learn from', '64')
    .option(
      '--seed <seed>',
      'image i is made from seed + i; keep away from those you judge on',
      '100000',
    )
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--guidance <scale>', 'classifier-free guidance; default: the model’s')
    .option('--batch <images>', 'images in one run', '16')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (name: string, flags: FitFlags) => {
      const method = parseChoice('policy', name, METHODS);
      const manifest = await loadManifest();
      const shared = { class: 'cycle', mode: 'local', transfer: 'inline' };
      const job = compileJob({ ...flags, ...shared }, { name: 'full', options: {} }, manifest);
      const fit = await withInterruption((signal) =>
        runFit(method, { manifest, job, output, signal }),
      );
      output.print(flags.json ? JSON.stringify(fit) : printFit(fit));
    });
}

interface Fitting {
  readonly manifest: ModelManifest;
  readonly job: GenerationJob;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function runFit(method: Method, { output, ...fitting }: Fitting): Promise<Fit> {
  const { job } = fitting;
  const host = await createOnnxModelHost({ directory: demoModelDirectory() });
  const progress = startProgress(output, `fit ${method}`, batchesOf(job).length * job.steps);
  try {
    const fitted = await fitMethod(method, { ...fitting, host, onCall: progress.step });
    progress.end(`${job.labels.length} images`);
    const { steps, guidance, seed } = job;
    return { policy: method, ...fitted, images: job.labels.length, steps, guidance, seed };
  } catch (error) {
    progress.abandon();
    throw error;
  } finally {
    await host.close();
  }
}

async function fitMethod(
  method: Method,
  sampling: Omit<FullSampling, 'setup'>,
): Promise<Pick<Fit, 'option' | 'values' | 'rSquared'>> {
  if (method === 'magcache') {
    const ratios = await fitMagCache(sampling);
    return { option: 'ratios', values: ratios.map(round), rSquared: null };
  }
  const { coefficients, rSquared } = await fitTeaCache(sampling);
  return { option: 'coefficients', values: coefficients.map(round), rSquared };
}

/** As many digits as the published tables have. */
function round(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function printFit({ policy, option, values, rSquared, ...fit }: Fit): string {
  const from = `${fit.images} images, ${fit.steps} steps, guidance ${fit.guidance}, seed ${fit.seed}`;
  const quality = rSquared === null ? '' : `, R² ${rSquared.toFixed(4)}`;
  return `${policy} from ${from}${quality}\n--policy ${policy} --option ${option}=${values.join(',')}`;
}
