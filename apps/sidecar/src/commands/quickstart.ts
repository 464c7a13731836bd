import { mkdir } from 'node:fs/promises';
import { ForecastError } from '@forecache/core';
import { loadManifest } from '@forecache/demo-model';
import { resultText } from '@forecache/evaluation';
import type { Command } from 'commander';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import { parseInteger } from '../command-line/parse-values.js';
import { withJudges } from '../evaluation-model/judge-images.js';
import { compileJob } from '../generation/compile-job.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { openWorkshop } from '../generation/workshop.js';
import { infinitiesAsText } from '../json-file.js';
import { judgeLineup } from '../quickstart/judge-lineup.js';
import { machineFacts } from '../quickstart/machine-facts.js';
import {
  describeBits,
  isBitIdentical,
  notesOf,
  resultsJson,
  writeReport,
  type Findings,
} from '../quickstart/quickstart-report.js';
import { runLineup } from '../quickstart/run-lineup.js';

interface QuickstartFlags {
  readonly count: string;
  readonly seed: string;
  readonly steps?: string;
  readonly out: string;
  readonly rounds: string;
  readonly transfer: string;
  readonly fullSheet?: true;
  readonly json?: true;
}

const HELP = `
Starts a model host and a sidecar, makes the same images without a sidecar, with full compute, with fewer steps, with
FORA and with TaylorSeer, and compares them. Takes a minute or two on two cores.

Examples:
  $ forecache quickstart
  $ forecache quickstart --count 16 --seed 7 --out out/seven
  $ forecache quickstart --count 500 --json     # enough images for a Fréchet distance`;

/** `forecache quickstart`: the whole system at work, with a report at the end. */
export function registerQuickstart(program: Command, output: Output): void {
  program
    .command('quickstart')
    .summary('see the whole system at work, with a report at the end')
    .description('Makes the same images under several policies and reports speed and quality.')
    .option('--count <images>', 'images a policy', '8')
    .option('--seed <seed>', 'image i is made from seed + i', '1')
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--rounds <rounds>', 'times the whole line-up is timed', '2')
    .option('--out <directory>', 'where the report goes; made if missing', 'out/quickstart')
    .option('--transfer <how>', 'how tensors travel: shared (memory) or inline', 'shared')
    .option('--full-sheet', 'show every image on the contact sheet, not only the first eight')
    .option('--json', 'print results as JSON')
    .addHelpText('after', HELP)
    .action(async (flags: QuickstartFlags) => {
      const job = await compileQuickstart(flags);
      await withInterruption((signal) => quickstart({ flags, job, output, signal }));
    });
}

async function compileQuickstart(flags: QuickstartFlags): Promise<GenerationJob> {
  const shared = { class: 'cycle', mode: 'intercept', batch: '16' };
  const policy = { name: 'full', options: {} };
  const job = compileJob({ ...flags, ...shared }, policy, await loadManifest());
  return { ...job, client: 'forecache quickstart' };
}

interface Quickstart {
  readonly flags: QuickstartFlags;
  readonly job: GenerationJob;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function quickstart({ flags, job, output, signal }: Quickstart): Promise<void> {
  const rounds = parseInteger('rounds', flags.rounds, 1);
  await mkdir(flags.out, { recursive: true });
  output.note('starting a model host and a sidecar');
  const workshop = await openWorkshop({ job, output, sidecar: null }, signal);
  try {
    const runs = await runLineup({ workshop, job, rounds, output, signal });
    const findings: Findings = {
      job,
      runs,
      results: await withJudges(workshop.manifest, job.labels, (judges) =>
        judgeLineup(runs, judges),
      ),
      classNames: workshop.manifest.classNames,
      machine: machineFacts(new Date()),
      isFullSheet: flags.fullSheet === true,
    };
    const files = await writeReport(flags.out, findings);
    output.print(
      flags.json
        ? JSON.stringify({ ...resultsJson(findings), files }, infinitiesAsText)
        : [
            '',
            resultText(findings.results),
            '',
            describeBits(runs),
            ...notesOf(findings),
            '',
            `report:        ${files.report}`,
            `contact sheet: ${files.sheet}`,
            `numbers:       ${files.results}`,
          ].join('\n'),
    );
    if (!isBitIdentical(runs)) throw new ForecastError('internal', describeBits(runs));
  } finally {
    await workshop.close();
  }
}
