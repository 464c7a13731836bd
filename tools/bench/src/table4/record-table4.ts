import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadManifest } from '@forecache/demo-model';
import {
  comparisonChart,
  encodePng,
  sceneToImage,
  sceneToSvg,
  type ComparedRow,
  type Comparison,
  type Fact,
} from '@forecache/evaluation';
import {
  compileComparison,
  describeComparison,
  machineFacts,
  openWorkshop,
  readComparison,
  rowsOf,
  runComparison,
  withJudges,
  writeComparison,
  type CompiledComparison,
  type ComparisonFlags,
  type Output,
} from '@forecache/sidecar';
import { missingRows } from './missing-rows.js';
import { renderTable4 } from './render-table4.js';

/** What is recorded, and where. */
export interface Table4Options {
  /** Directory of table4.json, .md, .svg and .png. */
  readonly out: string;
  /** False to write the page from the rows there are. */
  readonly isMeasured: boolean;
  readonly flags: ComparisonFlags;
}

/** What the outside world lends. */
export interface Table4Tools {
  readonly output: Output;
  readonly signal: AbortSignal;
}

const TITLE = 'Table 4 on the demo model';

/** Image pixels for one of the chart's. */
const PNG_SCALE = 2;

/** Measures the rows that are missing and writes the record. Rows of the file that left the line-up stay in the JSON. */
export async function recordTable4(options: Table4Options, tools: Table4Tools): Promise<void> {
  const { out, flags, isMeasured } = options;
  await mkdir(out, { recursive: true });
  const comparison = await compileComparison(flags, await loadManifest());
  const measured = isMeasured
    ? await measure(join(out, 'table4.json'), comparison, tools)
    : await recall(join(out, 'table4.json'), comparison, flags);
  const { job } = comparison.plan.reference;
  const { rows, machine } = measured;
  const described = describeComparison({ title: TITLE, job, rows, machine });
  const notes = [...described.notes, ...missingRows(comparison.plan.rows, rows)];
  await writePage(out, { ...described, notes });
  tools.output.note(`wrote ${rows.length} rows to ${join(out, 'table4.md')}`);
}

interface Measured {
  readonly rows: readonly ComparedRow[];
  readonly machine: readonly Fact[];
}

async function measure(
  json: string,
  comparison: CompiledComparison,
  { output, signal }: Table4Tools,
): Promise<Measured> {
  const { job } = comparison.plan.reference;
  const save = (rows: readonly ComparedRow[]) =>
    writeComparison(json, { rows, facts: machineFacts(new Date()) });
  const workshop = await openWorkshop({ job, output, sidecar: null }, signal);
  try {
    const tools = { workshop, output, signal, withJudges };
    const { rows } = await runComparison({ ...comparison, ...tools, save });
    return { rows, machine: machineFacts(new Date()) };
  } finally {
    await workshop.close();
  }
}

/** The line-up's rows as far as there are any, with the facts of the first file; they are kept in the record. */
async function recall(
  json: string,
  { plan, resumed }: CompiledComparison,
  { resume: [first] = [] }: ComparisonFlags,
): Promise<Measured> {
  if (first === undefined) throw new Error('there is no table4.json to write a page from');
  const { facts } = await readComparison('resume', first);
  const rows = rowsOf(plan, resumed);
  await writeComparison(json, { rows, facts });
  return { rows, machine: facts };
}

async function writePage(out: string, described: Omit<Comparison, 'sheet'>): Promise<void> {
  const scene = comparisonChart(described.rows, { quality: 'frechet', speed: 'flops' });
  const charts = { frechet: scene, psnr: comparisonChart(described.rows, PSNR_CHART) };
  for (const [name, drawing] of Object.entries(charts)) {
    if (drawing === null) continue;
    await writeFile(join(out, `table4-${name}.svg`), sceneToSvg(drawing));
    await writeFile(join(out, `table4-${name}.png`), encodePng(sceneToImage(drawing, PNG_SCALE)));
  }
  const names = Object.entries(charts).flatMap(([name, drawing]) => (drawing ? [name] : []));
  await writeFile(
    join(out, 'table4.md'),
    renderTable4(
      described,
      names.map((name) => `table4-${name}.svg`),
    ),
  );
}

const PSNR_CHART = { quality: 'psnr', speed: 'flops' } as const;
