import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOnnxModelHost } from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { encodePng, sceneToImage, sceneToSvg, type Scene } from '@forecache/evaluation';
import { createOutput, withInterruption } from '@forecache/sidecar';
import { Command } from 'commander';
import { measuredNow } from '../report.js';
import { errorFigure } from './error-figure.js';
import { recordFineSteps } from './fine-steps.js';
import { recordGrams, type RecordedRuns } from './record-grams.js';
import {
  ERROR_FIGURE,
  figureName,
  renderTrajectories,
  SHOWN_ERRORS,
} from './render-trajectories.js';
import { trajectoryFigure } from './trajectory-figure.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Image pixels for one of the drawing's. */
const PNG_SCALE = 2;

interface Flags {
  readonly out: string;
  readonly images: string;
  readonly seed: string;
}

const program = new Command('trajectories')
  .description(
    'Trajectories of the demo model’s features and of their differences: writes trajectories.md and its figures',
  )
  .option('--out <directory>', 'where the results go', join(ROOT, 'docs/results'))
  .option('--images <images>', 'images, of the classes in turn', '8')
  .option('--seed <seed>', 'seed of the first image', '0')
  .action(async (flags: Flags) => {
    const output = createOutput(process);
    await withInterruption(async (signal) => {
      await recordPage(flags, signal);
      output.note(`wrote ${join(flags.out, 'trajectories.md')}`);
    });
  });
await program.parseAsync();

async function recordPage({ out, images, seed }: Flags, signal: AbortSignal): Promise<void> {
  const manifest = await loadManifest();
  const { steps, guidance } = manifest.sampler;
  const runs: RecordedRuns = {
    images: parseWhole('images', images, 1),
    seed: parseWhole('seed', seed, 0),
    steps,
    guidance,
  };
  const measured = measuredNow();
  const host = await createOnnxModelHost({ directory: demoModelDirectory() });
  const tools = { host, manifest, signal };
  const record = async () => ({
    sites: await recordGrams(runs, tools),
    fine: await recordFineSteps(runs, tools),
  });
  const { sites, fine } = await record().finally(() => host.close());
  await mkdir(out, { recursive: true });
  for (const each of sites) await writeFigure(out, figureName(each.site), trajectoryFigure(each));
  const shown = sites.find(({ site }) => site === SHOWN_ERRORS.site);
  if (shown !== undefined) await writeFigure(out, ERROR_FIGURE, errorFigure(shown, SHOWN_ERRORS));
  await writeFile(
    join(out, 'trajectories.md'),
    renderTrajectories({ runs, sites, fine, measured }),
  );
}

async function writeFigure(out: string, name: string, scene: Scene): Promise<void> {
  await writeFile(join(out, `${name}.svg`), sceneToSvg(scene));
  await writeFile(join(out, `${name}.png`), encodePng(sceneToImage(scene, PNG_SCALE)));
}

function parseWhole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidArgument(name, `an integer >= ${least}`, text);
}
