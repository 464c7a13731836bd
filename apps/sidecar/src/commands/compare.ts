import { loadManifest } from '@forecache/demo-model';
import { comparisonTable, type ComparedRow } from '@forecache/evaluation';
import type { Command } from 'commander';
import { withInterruption } from '../command-line/interruption.js';
import type { Output } from '../command-line/output.js';
import {
  compileComparison,
  type CompiledComparison,
  type ComparisonFlags,
} from '../compare/compile-comparison.js';
import { writeComparison } from '../compare/comparison-file.js';
import { describeComparison } from '../compare/comparison-report.js';
import type { PlannedRow } from '../compare/plan-comparison.js';
import { runComparison } from '../compare/run-comparison.js';
import { makeFolders, writeReports, type ReportFiles } from '../compare/write-reports.js';
import { withJudges } from '../evaluation-model/judge-images.js';
import { openWorkshop } from '../generation/workshop.js';
import { machineFacts } from '../quickstart/machine-facts.js';

interface CompareFlags extends ComparisonFlags, ReportFiles {
  readonly json?: string;
}

const HELP = `
A row is a policy: by name with its settings of the line-up, or with options of its own, and where it forecasts behind
an @. --policies all is one row for every policy. Full compute is always there; it is what the others are measured
against. Quality is measured first and does not depend on the machine; times are taken afterwards, of fewer images, all
rows in turn. Stopped by Ctrl-C, --json has all rows that were finished, and --resume goes on from there.

Examples:
  $ forecache compare
  $ forecache compare --policies taylorseer,fora --count 64 --html out/compare.html
  $ forecache compare --policies 'taylorseer(interval=5, order=2)@hidden; fora(interval=3)' --out out/rows.png
  $ forecache compare --policies 'preset(preset=my-preset, full_calls=12); fewer-steps(steps=12)'
  $ forecache compare --lineup rows.json --count 2000 --no-timing --json out/rows-2000.json
  $ forecache compare --lineup rows.json --count 2000 --resume out/rows-2000.json --json out/rows-2000.json`;

/** `forecache compare`: any policies side by side, on the same seeds. */
export function registerCompare(program: Command, output: Output): void {
  program
    .command('compare')
    .summary('compare policies on the same seeds: quality, time and cost')
    .description('Makes the same images under any policies and compares quality, time and cost.')
    .option('--policies <list>', 'all, names, or policies with options (default: all)')
    .option('--lineup <file>', 'JSON file with the rows, instead of --policies')
    .option('--count <images>', 'images a row; a Fréchet distance needs 500', '8')
    .option('--seed <seed>', 'image i is made from seed + i', '1')
    .option('--class <class>', 'class name, its number, or cycle', 'cycle')
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--guidance <scale>', 'classifier-free guidance; default: the model’s')
    .option('--batch <images>', 'images in one run', '32')
    .option('--mode <mode>', 'who carries the tensors: plan (nobody), intercept or proxy', 'plan')
    .option('--rounds <rounds>', 'times every row is timed, in turn with the others', '2')
    .option('--timing-count <images>', 'images of one timed round, at most --count', '16')
    .option('--no-timing', 'take no times: what is left is the same on a busy machine')
    .option('--json <file>', 'write results after every row')
    .option(
      '--resume <file>',
      'results of an earlier run, whose rows are not measured again; may be repeated',
      (file: string, earlier: readonly string[] = []) => [...earlier, file],
    )
    .option(
      '--reference <file>',
      'keep full compute’s samples, so that --resume need not make them',
    )
    .option('--csv <file>', 'write unrounded numbers')
    .option('--markdown <file>', 'write the table with notes')
    .option('--html <file>', 'write a report with table, charts and images')
    .option('--out <file>', 'write a contact sheet (PNG) of the first images of every row')
    .addHelpText('after', HELP)
    .action(async (flags: CompareFlags) => {
      const comparison = await compileComparison(flags, await loadManifest());
      await withInterruption((signal) => compare({ flags, comparison, output, signal }));
    });
}

interface Compare {
  readonly flags: CompareFlags;
  readonly comparison: CompiledComparison;
  readonly output: Output;
  readonly signal: AbortSignal;
}

function warnOf(rows: readonly PlannedRow[], output: Output): void {
  for (const { entry, warnings } of rows) {
    warnings.forEach((warning) => output.warn(`${entry.label}: ${warning}`));
  }
}

async function compare({ flags, comparison, output, signal }: Compare): Promise<void> {
  const { job } = comparison.plan.reference;
  const { json, csv, markdown, html, out, reference } = flags;
  warnOf(comparison.plan.rows, output);
  await makeFolders([json, csv, markdown, html, out, reference]);
  const save = async (rows: readonly ComparedRow[]) => {
    if (json !== undefined) await writeComparison(json, { rows, facts: machineFacts(new Date()) });
  };
  const workshop = await openWorkshop({ job, output, sidecar: null }, signal);
  try {
    const tools = { workshop, output, signal, withJudges };
    const { rows, firstImages } = await runComparison({ ...comparison, ...tools, save });
    const machine = machineFacts(new Date());
    const findings = { title: 'forecache compare', job, rows, machine };
    await writeReports({ files: flags, findings, manifest: workshop.manifest, firstImages });
    const { notes } = describeComparison(findings);
    output.print([comparisonTable(rows).text(), '', ...notes].join('\n'));
  } catch (error) {
    if (signal.aborted && json !== undefined) {
      output.note(`finished rows are in ${json}: go on with --resume ${json}`);
    }
    throw error;
  } finally {
    await workshop.close();
  }
}
