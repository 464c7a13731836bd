import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ModelManifest } from '@forecache/demo-model';
import {
  comparisonMarkdown,
  comparisonTable,
  renderComparison,
  type Image,
} from '@forecache/evaluation';
import { describeComparison, drawRows, type ComparisonFindings } from './comparison-report.js';
import type { ComparisonResult } from './run-comparison.js';

/** Files that a person may ask for. */
export interface ReportFiles {
  readonly csv?: string;
  readonly html?: string;
  readonly markdown?: string;
  /** Contact sheet, PNG. */
  readonly out?: string;
}

/** What `writeReports` takes. */
export interface ReportOptions {
  readonly files: ReportFiles;
  readonly findings: ComparisonFindings;
  readonly manifest: Pick<ModelManifest, 'classNames'>;
  readonly firstImages: ComparisonResult['firstImages'];
}

/** Makes the folders of files before hours are spent on what goes into them. */
export async function makeFolders(files: readonly (string | undefined)[]): Promise<void> {
  for (const file of files) {
    if (file !== undefined) await mkdir(dirname(file), { recursive: true });
  }
}

/** Writes the files that were asked for; images are made again only when one of them shows images. */
export async function writeReports(options: ReportOptions): Promise<void> {
  const { files, findings } = options;
  const described = describeComparison(findings);
  if (files.csv !== undefined) await writeFile(files.csv, comparisonTable(findings.rows).csv());
  if (files.markdown !== undefined) await writeFile(files.markdown, comparisonMarkdown(described));
  if (files.out === undefined && files.html === undefined) return;
  const png = await drawSheet(options);
  if (files.out !== undefined) await writeFile(files.out, png);
  if (files.html === undefined) return;
  const sheet = { png, caption: 'One row a policy, one column a seed.' };
  await writeFile(files.html, renderComparison({ ...described, sheet }));
}

async function drawSheet({ findings, manifest, firstImages }: ReportOptions): Promise<Uint8Array> {
  const rows: { label: string; images: readonly Image[] }[] = [];
  for (const row of findings.rows) {
    rows.push({ label: row.label, images: await firstImages(row) });
  }
  return drawRows(rows, findings.job, manifest);
}
