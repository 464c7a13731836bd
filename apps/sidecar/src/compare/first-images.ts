import type { Image } from '@forecache/evaluation';
import { generateRow, type RowTools } from '../generation/generate-row.js';
import type { PlannedRow } from './plan-comparison.js';

/** Columns of the contact sheet. */
export const SHEET_COLUMNS = 8;

/**
 * The first images of rows that an earlier run measured: the first batch is made again, whole, because an adaptive
 * policy decides for a batch.
 */
export async function remakeFirstImages(
  tools: RowTools,
  { entry, job }: PlannedRow,
): Promise<readonly Image[]> {
  const first = { ...job, labels: job.labels.slice(0, job.batch) };
  const label = `${entry.label}, first images`;
  const { images } = await generateRow(tools, first, { label, summary: () => 'made again' });
  return images.slice(0, SHEET_COLUMNS);
}
