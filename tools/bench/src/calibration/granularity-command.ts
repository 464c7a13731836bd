import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOnnxModelHost } from '@forecache/adapters';
import { readPreset, type PresetVariant } from '@forecache/cache-policy';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { createOutput, withInterruption } from '@forecache/sidecar';
import { Command } from 'commander';
import { RESULTS } from './ablation-command.js';
import type { Network } from './ablation-material.js';
import { openResults } from './ablation-results-file.js';
import { variantOf } from './front-sample.js';
import { createGranularityBench, recordCosts } from './granularity-bench.js';
import { writeGranularityPage } from './granularity-page.js';
import {
  CELLS,
  COUNTS,
  type GranularityCost,
  type GranularityFit,
  type GranularityRow,
} from './granularity-rows.js';

const PRESET = fileURLToPath(
  new URL('../../../../packages/demo-model/presets/demo-euler-50.json', import.meta.url),
);

interface Flags {
  readonly out: string;
  readonly render?: true;
}

/** `calibration granularity`: what fitted weights are worth where forecasts are made inside the network. */
export function granularityCommand(): Command {
  return new Command('granularity')
    .description('Fitted weights at output, hidden and module: writes calibration-granularity.*')
    .option('--out <directory>', 'where the results go', RESULTS)
    .option('--render', 'measure nothing: write the page from the rows there are')
    .action(async (flags: Flags) => {
      await mkdir(flags.out, { recursive: true });
      if (!flags.render) await withInterruption((signal) => record(flags.out, signal));
      await writeGranularityPage(flags.out);
    });
}

async function record(out: string, signal: AbortSignal): Promise<void> {
  const manifest = await loadManifest();
  // Numbers do not depend on it; whoever measures something else keeps the other cores.
  const host = await createOnnxModelHost({ directory: demoModelDirectory(), intraOpThreads: 1 });
  await recordRows(out, { host, manifest, signal }).finally(() => host.close());
}

async function recordRows(out: string, network: Network): Promise<void> {
  const file = join(out, 'calibration-granularity.json');
  const { note } = createOutput(process);
  const results = {
    schedules: await openResults<Pick<PresetVariant, 'fullCalls' | 'weights'>>(file, 'schedules'),
    costs: await openResults<GranularityCost>(file, 'costs'),
    fits: await openResults<GranularityFit>(file, 'fits', (name) => note(`fitted: ${name}`)),
    rows: await openResults<GranularityRow>(file, 'rows', note),
  };
  const preset = readPreset(JSON.parse(await readFile(PRESET, 'utf8')));
  for (const count of COUNTS) {
    await results.schedules.measured(String(count), async () => {
      const { fullCalls, weights } = variantOf(preset, count);
      return { fullCalls, weights };
    });
  }
  await recordCosts(network, results.costs);
  const bench = createGranularityBench(network, results);
  for (const count of COUNTS) {
    for (const cell of CELLS) await bench.measure(cell, count);
  }
}
