import { createOnnxModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { invalidArgument } from '@forecache/core';
import type { Command } from 'commander';
import { writeCalibration } from '../calibration/calibration-file.js';
import { recordCalibration } from '../calibration/record-calibration.js';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import { startProgress } from '../command-line/progress.js';
import { compileJob } from '../generation/compile-job.js';
import { MAX_BATCH_IMAGES } from '../generation/generation-job.js';
import { DEFAULT_SAMPLER, SAMPLERS } from '../sampler/samplers.js';

interface CalibrateFlags {
  readonly count: string;
  readonly seed: string;
  readonly class: string;
  readonly sampler: string;
  readonly steps?: string;
  readonly shift: string;
  readonly guidance?: string;
  readonly out: string;
}

const HELP = `
Runs the demo model in full and keeps the inner products of the outputs of every run's calls: all that a search for
schedules needs. The next step is \`forecache optimize\`.

Examples:
  $ forecache calibrate --out out/calibration.json
  $ forecache calibrate --count 8 --sampler dpmpp-2m --shift 3 --steps 28 --out out/dpmpp.json`;

/** `forecache calibrate`: records what schedules and weights are found from. */
export function registerCalibrate(program: Command, output: Output): void {
  program
    .command('calibrate')
    .summary('record full runs, from which schedules and weights are found')
    .description('Records full runs of the demo model for `forecache optimize`.')
    .requiredOption('--out <file>', 'where the calibration goes')
    .option('--count <images>', `runs, at most ${MAX_BATCH_IMAGES}`, '16')
    .option(
      '--seed <seed>',
      'run i is made from seed + i; keep away from those you judge on',
      '100000',
    )
    .option('--class <class>', 'class name, its number, or cycle', 'cycle')
    .option('--sampler <name>', SAMPLERS.join(', '), DEFAULT_SAMPLER)
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--shift <shift>', 'moves the sampler’s times towards the noise when above 1', '1')
    .option('--guidance <scale>', 'classifier-free guidance; default: the model’s')
    .addHelpText('after', HELP)
    .action(async (flags: CalibrateFlags) => {
      const manifest = await loadManifest();
      const shared = { batch: String(MAX_BATCH_IMAGES), mode: 'local', transfer: 'inline' };
      const job = compileJob({ ...flags, ...shared }, { name: 'full', options: {} }, manifest);
      const images = job.labels.length;
      if (images > MAX_BATCH_IMAGES) {
        throw invalidArgument('count', `<= ${MAX_BATCH_IMAGES}, one batch`, images);
      }
      const calibration = await withInterruption(async (signal) => {
        const host = await createOnnxModelHost({ directory: demoModelDirectory() });
        const progress = startProgress(output, 'calibrate', 1);
        try {
          const recorded = await recordCalibration(job, { host, manifest }, { signal });
          progress.end(`${images} full runs`);
          return recorded;
        } catch (error) {
          progress.abandon();
          throw error;
        } finally {
          await host.close();
        }
      });
      await writeCalibration(flags.out, calibration);
      output.print(`${flags.out}: ${images} runs of ${calibration.identity.calls} calls`);
    });
}
