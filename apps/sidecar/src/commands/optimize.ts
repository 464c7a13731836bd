import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createOnnxModelHost } from '@forecache/adapters';
import { callsOf, findSchedules, printPreset, type Preset } from '@forecache/cache-policy';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import type { Command } from 'commander';
import { calibratedRuns } from '../calibration/calibrated-runs.js';
import type { Calibration } from '../calibration/calibration-file.js';
import {
  compileOptimization,
  type CompiledOptimization,
  type OptimizeFlags,
} from '../calibration/compile-optimization.js';
import { fewestFullCalls } from '../calibration/fewest-full-calls.js';
import { createFrontOptimizer, type OptimizedVariant } from '../calibration/optimize-front.js';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import { textTable } from '../command-line/text-table.js';
import { readVersion } from '../command-line/version.js';
import { writeWhole } from '../json-file.js';
import { presetDirectories } from '../presets/preset-directories.js';

interface Flags extends OptimizeFlags {
  readonly front?: true;
  readonly out?: string;
}

const HELP = `
For every number of full calls: searches a schedule from the recorded inner products, walks it with the demo model, fits
weights to what the walk computed, and moves full calls while images that are left out of the fit come closer. The result
is measured on held-out seeds beside TaylorSeer with as many full calls; where that is closer, it goes into the preset.

Examples:
  $ forecache optimize out/calibration.json --front
  $ forecache optimize out/calibration.json --full-calls 18,12,9 --name mine
  $ forecache optimize out/calibration.json --target-psnr 40 --name mine-40db
  $ forecache generate --preset mine --full-calls 12 --out out/mine`;

/** `forecache optimize`: a preset from a calibration. */
export function registerOptimize(program: Command, output: Output): void {
  program
    .command('optimize')
    .argument('<calibration>', 'file that `forecache calibrate` wrote')
    .summary('find schedules and weights, and save them as a preset')
    .description('Finds which calls to compute and what to multiply their outputs with.')
    .option('--name <name>', 'name of the preset', 'optimized')
    .option('--full-calls <counts>', 'numbers of full calls; default: a tenth to a half of the run')
    .option('--target-psnr <dB>', 'as few full calls as reach this on held-out seeds')
    .option('--front', 'print what the search expects of every number of full calls, and stop')
    .option(
      '--attempts <schedules>',
      'most schedules walked to find a better one, each count',
      '60',
    )
    .option('--held-out <images>', 'images that the result is measured on', '32')
    .option('--held-out-seed <seed>', 'their first seed', '200000')
    .option('--out <file>', 'the preset; default: NAME.json where presets lie')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: Flags) => {
      const compiled = await compileOptimization(file, flags);
      if (flags.front) return output.print(printFront(compiled.calibration));
      const variants = await withInterruption((signal) => optimize(compiled, { output, signal }));
      const preset = presetOf(compiled, variants);
      const out =
        flags.out ?? join(presetDirectories(process.env)[0] ?? '.', `${preset.name}.json`);
      await mkdir(dirname(out), { recursive: true });
      await writeWhole(out, `${JSON.stringify(printPreset(preset))}\n`);
      output.print(printVariants(variants));
      output.print(`preset ${preset.name}: ${out}`);
    });
}

interface Surroundings {
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function optimize(
  { calibration, heldOut, fullCalls, targetPsnr, attempts }: CompiledOptimization,
  { output, signal }: Surroundings,
): Promise<OptimizedVariant[]> {
  const host = await createOnnxModelHost({ directory: demoModelDirectory() });
  const network = { host, manifest: await loadManifest() };
  try {
    const optimizer = await createFrontOptimizer({
      calibration,
      runs: calibratedRuns(calibration, calibration, network),
      heldOut: calibratedRuns(calibration, heldOut, network),
      attempts,
      signal,
    });
    const most = Math.ceil(callsOf(calibration.response) / 2);
    const counts = fullCalls ?? [
      await fewestFullCalls(optimizer, { targetPsnr: targetPsnr ?? NaN, most }),
    ];
    const variants: OptimizedVariant[] = [];
    for (const count of counts) {
      const variant = await optimizer.optimize(count);
      variants.push(variant);
      output.note(describe(variant));
      if (variant.isTaylorSeer) output.warn(fallbackWarning(variant));
    }
    return variants;
  } finally {
    await host.close();
  }
}

function describe({ fitted, heldOut }: OptimizedVariant): string {
  const { fullCalls, options, crossFitted } = fitted;
  const fit = `history ${options.history}, ridge ${options.ridge}`;
  const errors = `left-out calibration images ${decibels(crossFitted.psnr)} dB, held-out ${decibels(heldOut.psnr)} dB`;
  return `${fullCalls.length} full calls: ${fullCalls.join(',')}; ${fit}; ${errors}`;
}

function fallbackWarning({ variant, heldOut, rival }: OptimizedVariant): string {
  return (
    `${variant.fullCalls.length} full calls: TaylorSeer (${rival.label}) is closer on held-out seeds, ` +
    `${decibels(rival.psnr)} dB against ${decibels(heldOut.psnr)}; the preset holds TaylorSeer's schedule and weights`
  );
}

function presetOf(
  { name, calibration, heldOut }: CompiledOptimization,
  variants: readonly OptimizedVariant[],
): Preset {
  const { identity, seeds } = calibration;
  const note = `forecache ${readVersion()} optimize`;
  return {
    name,
    identity,
    granularity: 'output',
    provenance: { runs: seeds.length, seeds, heldOutRuns: heldOut.seeds.length, note },
    variants: variants.map(({ variant }) => variant),
  };
}

function printVariants(variants: readonly OptimizedVariant[]): string {
  const head = [
    'full calls',
    'held-out dB',
    'error',
    'left-out dB',
    'TaylorSeer dB',
    'history',
    'ridge',
  ];
  const rows = variants.map(({ variant, fitted, heldOut, rival }) => [
    String(variant.fullCalls.length),
    decibels(heldOut.psnr),
    `${(heldOut.relativeError * 100).toFixed(2)} %`,
    decibels(fitted.crossFitted.psnr),
    decibels(rival.psnr),
    String(fitted.options.history),
    String(fitted.options.ridge),
  ]);
  return textTable([head, ...rows], []);
}

function printFront({ response, grams }: Calibration): string {
  const fullCalls = Math.ceil(callsOf(response) / 2);
  const rows = findSchedules({ runs: grams, response, fullCalls }).map((found) => [
    String(found.fullCalls.length),
    `${(found.predictedDrift * 100).toFixed(2)} %`,
    found.fullCalls.join(','),
  ]);
  return textTable([['full calls', 'expected drift', 'schedule'], ...rows], [2]);
}

function decibels(value: number): string {
  return value.toFixed(1);
}
