import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOnnxModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { createOutput, withInterruption } from '@forecache/sidecar';
import { Command } from 'commander';
import { climbLadder, COUNTS, lengthenHistory, type LadderRow } from './ablation-ladder.js';
import { CALIBRATION, recordMaterial, UNSEEN, USUAL, type Network } from './ablation-material.js';
import { openResults } from './ablation-results-file.js';
import { writeAblationPage } from './ablation-page.js';
import {
  DRAWS,
  PREDICTION_IMAGES,
  recordPredictions,
  sampleOverMove,
  type PredictionRow,
} from './prediction-record.js';

/** Where results go unless a flag says otherwise. */
export const RESULTS = fileURLToPath(new URL('../../../../docs/results', import.meta.url));

interface Flags {
  readonly out: string;
  readonly render?: true;
}

/** `calibration ablation`: what each part of the calibration gives, and whether expectations come true. */
export function ablationCommand(): Command {
  return new Command('ablation')
    .description('What each part of the calibration gives: writes calibration-ablation.*')
    .option('--out <directory>', 'where the results go', RESULTS)
    .option('--render', 'measure nothing: write the page from the rows there are')
    .action(async (flags: Flags) => {
      await mkdir(flags.out, { recursive: true });
      if (!flags.render) await withNetwork((network) => recordAblation(flags.out, network));
      await writeAblationPage(flags.out);
    });
}

/** Opens the demo model for some work that a signal can stop. */
export function withNetwork(work: (network: Network) => Promise<void>): Promise<void> {
  return withInterruption((signal) => inNetwork(demoModelDirectory(), signal, work));
}

/** Opens an exported model for some work. */
export async function inNetwork<T>(
  directory: string,
  signal: AbortSignal,
  work: (network: Network) => Promise<T>,
): Promise<T> {
  const manifest = await loadManifest(directory);
  const host = await createOnnxModelHost({ directory });
  return work({ host, manifest, signal }).finally(() => host.close());
}

async function recordAblation(out: string, network: Network): Promise<void> {
  const file = join(out, 'calibration-ablation.json');
  const output = createOutput(process);
  const ladder = await openResults<LadderRow>(file, 'ladder', output.note);
  const learned = await recordMaterial(network, USUAL, CALIBRATION);
  const unseen = await recordMaterial(network, USUAL, UNSEEN);
  const ablation = { learned, unseen, results: ladder };
  for (const count of [...COUNTS].sort((a, b) => Math.abs(a - 12) - Math.abs(b - 12)))
    await climbLadder(ablation, count);
  await lengthenHistory(ablation);
  const predictions = await openResults<PredictionRow>(file, 'predictions', output.note);
  const material = await recordMaterial(network, USUAL, PREDICTION_IMAGES);
  const norms = await openResults<number>(file, 'norms', output.note);
  await norms.measured('sampleOverMove', async () => sampleOverMove(material));
  for (const group of DRAWS) await recordPredictions(material, predictions, group);
}
