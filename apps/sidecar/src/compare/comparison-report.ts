import type { ModelManifest } from '@forecache/demo-model';
import {
  contactSheet,
  encodePng,
  type ComparedRow,
  type Comparison,
  type Fact,
  type Image,
} from '@forecache/evaluation';
import { LEAST_FOR_FRECHET } from '../evaluation-model/judge-images.js';
import type { GenerationJob } from '../generation/generation-job.js';

/** What a comparison found out. */
export interface ComparisonFindings {
  readonly title: string;
  /** Full compute's job: what all rows share. */
  readonly job: GenerationJob;
  readonly rows: readonly ComparedRow[];
  readonly machine: readonly Fact[];
}

/** Everything that a reader of the table must know, in sentences. */
export function describeComparison(findings: ComparisonFindings): Omit<Comparison, 'sheet'> {
  const { title, job, rows, machine } = findings;
  return {
    title,
    summary: [
      `The demo model made the same ${job.labels.length} images under every policy: ${job.steps} Euler steps, ` +
        `guidance ${job.guidance}.`,
    ],
    rows,
    notes: notesOf(findings),
    facts: [
      { name: 'seeds', value: `${job.seed} to ${job.seed + job.labels.length - 1}` },
      { name: 'images in one run', value: String(job.batch) },
      { name: 'mode', value: job.mode },
      ...machine,
    ],
  };
}

/** A picture of the first images of every row, one row a policy. */
export function drawRows(
  rows: readonly { readonly label: string; readonly images: readonly Image[] }[],
  job: GenerationJob,
  { classNames }: Pick<ModelManifest, 'classNames'>,
): Uint8Array {
  const columns = rows[0]?.images.length ?? 0;
  const columnLabels = job.labels.slice(0, columns).map((label) => classNames[label] ?? '');
  return encodePng(contactSheet(rows, { columnLabels, scale: 4, textScale: 2 }));
}

function notesOf({ job, rows }: ComparisonFindings): string[] {
  const timing = rows.flatMap((row) => row.timing ?? [])[0];
  const isMeasurable = job.labels.length >= LEAST_FOR_FRECHET;
  return [
    'PSNR and SSIM: mean ± standard deviation over images, against full compute of the same seeds.',
    'FLOPs: matrix products of the calls that were made, against full compute of all steps. Cache: stored float32 features of one image, both samples of its guidance.',
    timing === undefined
      ? 'No times were taken.'
      : `Wall speed-up: time of sampling ${timing.images} images against full compute in the same round; mean of ${timing.rounds} rounds, with the smallest and the largest ratio. Times are this machine’s.`,
    isMeasurable
      ? 'Fréchet distance: to the training images, in the features of the classifier that ships with the model; not comparable with Inception FID.'
      : `No Fréchet distance: it needs at least ${LEAST_FOR_FRECHET} images (--count).`,
  ];
}
