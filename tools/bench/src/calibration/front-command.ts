import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOnnxModelHost } from '@forecache/adapters';
import { readPreset } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { createOutput, openWorkshop, withInterruption, type Output } from '@forecache/sidecar';
import { Command } from 'commander';
import { checkPath, judgeFront } from './front-judge.js';
import { writeFrontPage } from './front-page.js';
import { createReferences, measureFront, type FrontRun } from './front-run.js';
import type { FrontStudio } from './front-sample.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Full calls at which images are also judged as a set, and the preset is made by a sidecar. */
const JUDGED_AT = 12;

interface Flags {
  readonly out: string;
  readonly preset: string;
  readonly fullCalls: string;
  readonly render?: true;
}

/** `front`: the preset beside every other method, full calls by full calls. */
export function frontCommand(): Command {
  return new Command('front')
    .description(
      'The shipped preset beside all rivals: measures what calibration.json lacks and writes calibration.md, .svg and .png',
    )
    .option('--out <directory>', 'where the results go', join(ROOT, 'docs/results'))
    .option(
      '--preset <file>',
      'the preset',
      join(ROOT, 'packages/demo-model/presets/demo-euler-50.json'),
    )
    .option(
      '--full-calls <counts>',
      'numbers of full calls, in the order of work',
      '12,18,14,10,9,7,5',
    )
    .option('--render', 'measure nothing: write the page from the rows there are')
    .action(async (flags: Flags) => {
      const output = createOutput(process);
      await withInterruption(async (signal) => {
        if (flags.render !== true) await measure(flags, output, signal);
        await writeFrontPage(flags.out);
        output.note(`wrote ${join(flags.out, 'calibration.md')}`);
      });
    });
}

async function measure(flags: Flags, output: Output, signal: AbortSignal): Promise<void> {
  const counts = flags.fullCalls.split(',').map((text) => parseCount(text, flags.fullCalls));
  const preset = readPreset(JSON.parse(await readFile(flags.preset, 'utf8')));
  const manifest = await loadManifest();
  const host = await createOnnxModelHost({ directory: demoModelDirectory() });
  try {
    const workshop = await openWorkshop({ job: { mode: 'plan' }, output, sidecar: null }, signal);
    const studio: FrontStudio = { host, manifest, workshop, preset, signal };
    const run = { studio, file: join(flags.out, 'calibration.json'), output };
    await measureAll(run, counts).finally(() => workshop.close());
  } finally {
    await host.close();
  }
}

async function measureAll(run: FrontRun, counts: readonly number[]): Promise<void> {
  const references = createReferences(run.studio);
  await checkPath(run, JUDGED_AT);
  for (const fullCalls of counts) await measureFront(run, references, fullCalls);
  if (counts.includes(JUDGED_AT)) await judgeFront(run, JUDGED_AT);
}

function parseCount(text: string, all: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw invalidArgument('full-calls', 'integers >= 1, separated by commas', all);
}
