import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createOutput } from '@forecache/sidecar';
import { Command, InvalidArgumentError } from 'commander';
import { inNetwork, RESULTS, withNetwork } from './ablation-command.js';
import type { Network, WeightedSchedule } from './ablation-material.js';
import { openResults } from './ablation-results-file.js';
import { createTransferBench, type Networks } from './transfer-bench.js';
import { COUNTS, TOPICS, type TransferRow } from './transfer-cells.js';
import { writeTransferPage } from './transfer-page.js';
import { LONGER_TRAININGS, measureTopic } from './transfer-topics.js';

interface Flags {
  readonly out: string;
  readonly trained?: readonly TrainedModel[];
  readonly render?: true;
}

/** Where an exported model is, by the optimiser steps that it was trained for. */
interface TrainedModel {
  readonly steps: number;
  readonly directory: string;
}

/** `calibration transfer`: what a preset is worth where it was not made. */
export function transferCommand(): Command {
  return new Command('transfer')
    .description('What a preset is worth where it was not made: writes calibration-transfer*')
    .option('--out <directory>', 'where the results go', RESULTS)
    .option(
      '--trained <steps=directory>',
      `exported model trained for another number of steps (${LONGER_TRAININGS.join(', ')}), repeatable`,
      (text, before: readonly TrainedModel[] = []) => [...before, parseTrained(text)],
    )
    .option('--render', 'measure nothing: write the page from the rows there are')
    .action(async (flags: Flags) => {
      await mkdir(flags.out, { recursive: true });
      if (!flags.render) {
        await withNetwork((shipped) =>
          withTrained(flags.trained ?? [], shipped, (networks) =>
            recordTransfer(flags.out, networks),
          ),
        );
      }
      await writeTransferPage(flags.out);
    });
}

/** The middle first: whoever stops early has a row of everything. */
const ORDER = [...COUNTS].sort((a, b) => Math.abs(a - 12) - Math.abs(b - 12));

function parseTrained(text: string): TrainedModel {
  const [, steps, directory = ''] = /^(\d+)=(.+)$/.exec(text) ?? [];
  if (!LONGER_TRAININGS.includes(Number(steps)))
    throw new InvalidArgumentError(
      `must be STEPS=DIRECTORY with one of ${LONGER_TRAININGS.join(', ')} steps, got "${text}"`,
    );
  return { steps: Number(steps), directory };
}

/** Opens one model after the other, and closes all of them after the work. */
function withTrained(
  [next, ...others]: readonly TrainedModel[],
  shipped: Network,
  work: (networks: Networks) => Promise<void>,
): Promise<void> {
  if (next === undefined) return work({ shipped, trained: new Map() });
  return inNetwork(next.directory, shipped.signal, (network) =>
    withTrained(others, shipped, ({ trained }) =>
      work({ shipped, trained: new Map([[next.steps, network], ...trained]) }),
    ),
  );
}

async function recordTransfer(out: string, networks: Networks): Promise<void> {
  const file = join(out, 'calibration-transfer.json');
  const { note } = createOutput(process);
  const presets = await openResults<WeightedSchedule>(file, 'presets', note);
  const cells = await openResults<TransferRow>(file, 'cells', note);
  const bench = createTransferBench(networks, cells, presets);
  for (const count of ORDER) {
    for (const topic of TOPICS) await measureTopic(topic, bench, count);
  }
}
