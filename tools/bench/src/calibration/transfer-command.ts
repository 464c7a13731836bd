import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createOutput } from '@forecache/sidecar';
import { Command } from 'commander';
import { RESULTS, withNetwork } from './ablation-command.js';
import type { Network, WeightedSchedule } from './ablation-material.js';
import { openResults } from './ablation-results-file.js';
import { createTransferBench } from './transfer-bench.js';
import { COUNTS, TOPICS, type TransferRow } from './transfer-cells.js';
import { writeTransferPage } from './transfer-page.js';
import { measureTopic } from './transfer-topics.js';

interface Flags {
  readonly out: string;
  readonly render?: true;
}

/** `calibration transfer`: what a preset is worth where it was not made. */
export function transferCommand(): Command {
  return new Command('transfer')
    .description('What a preset is worth where it was not made: writes calibration-transfer*')
    .option('--out <directory>', 'where the results go', RESULTS)
    .option('--render', 'measure nothing: write the page from the rows there are')
    .action(async (flags: Flags) => {
      await mkdir(flags.out, { recursive: true });
      if (!flags.render) await withNetwork((network) => recordTransfer(flags.out, network));
      await writeTransferPage(flags.out);
    });
}

/** The middle first: whoever stops early has a row of everything. */
const ORDER = [...COUNTS].sort((a, b) => Math.abs(a - 12) - Math.abs(b - 12));

async function recordTransfer(out: string, network: Network): Promise<void> {
  const file = join(out, 'calibration-transfer.json');
  const { note } = createOutput(process);
  const presets = await openResults<WeightedSchedule>(file, 'presets', note);
  const cells = await openResults<TransferRow>(file, 'cells', note);
  const bench = createTransferBench(network, cells, presets);
  for (const count of ORDER) {
    for (const topic of TOPICS) await measureTopic(topic, bench, count);
  }
}
