import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contactSheet, countCalls, encodePng, type Image } from '@forecache/evaluation';
import type { Action, RunStatistics } from '@forecache/adapters';
import type { Generated } from './generate-images.js';
import type { GenerationJob } from './generation-job.js';

/** What `run.json` says: enough to make the same images again, and to check that they are the same. */
export interface RunRecord {
  readonly policy: string;
  readonly options: Readonly<Record<string, string>>;
  readonly mode: string;
  readonly granularity: string;
  readonly transfer: string;
  readonly sampler: string;
  readonly steps: number;
  readonly shift: number;
  readonly guidance: number;
  readonly seed: number;
  readonly batch: number;
  readonly images: readonly ImageRecord[];
  readonly contactSheet: string;
  /** What every call of the first run did. */
  readonly calls: readonly Action['kind'][];
  readonly fullCalls: number;
  readonly forecastCalls: number;
  /** Calls of which a part was computed. */
  readonly partialCalls: number;
  /** Sums over runs; null where the sidecar did not live to tell. */
  readonly features: FeatureCounts | null;
  readonly wallMs: number;
  readonly fallback: Generated['fallback'];
  /** The sidecar's own count, one entry a run. */
  readonly statistics: readonly (RunStatistics | null)[];
}

/** Feature calls by how they were answered. */
export interface FeatureCounts {
  readonly forwarded: number;
  readonly forecast: number;
  /** Chosen tokens computed, the others as they were. */
  readonly partial: number;
}

interface ImageRecord {
  readonly file: string;
  readonly seed: number;
  readonly class: string;
  /** SHA-256 of the sampler's float32 numbers: equal hashes mean equal bits. */
  readonly sha256: string;
}

/** What a record is made from. */
export interface FinishedRun {
  readonly job: GenerationJob;
  readonly generated: Generated;
  readonly classNames: readonly string[];
}

const SHEET_FILE = 'contact-sheet.png';
const SHEET_COLUMNS = 8;

/** Writes images, contact sheet and `run.json` into a directory, which is made if missing. */
export async function writeRun(directory: string, run: FinishedRun): Promise<RunRecord> {
  const record = recordOf(run);
  await mkdir(directory, { recursive: true });
  const { images } = run.generated;
  for (const [i, image] of images.entries()) {
    await writeFile(join(directory, imageFile(i)), encodePng(image));
  }
  await writeFile(join(directory, SHEET_FILE), encodePng(sheetOf(images)));
  await writeFile(join(directory, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** A few lines for a person. */
export function describeRun(record: RunRecord, directory: string): string {
  const { features, fallback, partialCalls } = record;
  const partial = partialCalls === 0 ? '' : `, ${partialCalls} partial`;
  const lines = [
    `${record.policy}, mode ${record.mode}: ${record.images.length} images in ${(record.wallMs / 1000).toFixed(2)} s`,
    `calls: ${record.fullCalls} full, ${record.forecastCalls} forecast${partial}`,
  ];
  if (features !== null) {
    const { forwarded, forecast } = features;
    const refreshed = features.partial === 0 ? '' : `, ${features.partial} partial`;
    lines.push(`feature calls: ${forwarded} forwarded, ${forecast} forecast${refreshed}`);
  }
  if (fallback !== null) {
    lines.push(
      `from call ${fallback.callIndex} of run ${fallback.run} on in full compute: ${fallback.reason}`,
    );
  }
  return [...lines, `written to ${directory}`].join('\n');
}

function recordOf({ job, generated, classNames }: FinishedRun): RunRecord {
  const { actions } = generated;
  const calls = countCalls(actions);
  return {
    policy: generated.policy,
    options: job.policy.options,
    mode: job.mode,
    granularity: generated.setup.granularity,
    transfer: job.transfer,
    sampler: job.sampler,
    steps: generated.steps,
    shift: job.shift,
    guidance: job.guidance,
    seed: job.seed,
    batch: job.batch,
    images: job.labels.map((label, i) => ({
      file: imageFile(i),
      seed: job.seed + i,
      class: classNames[label] ?? String(label),
      sha256: hashOf(generated, i),
    })),
    contactSheet: SHEET_FILE,
    calls: actions,
    fullCalls: calls.full,
    forecastCalls: calls.forecast,
    partialCalls: calls.partial,
    features: featuresOf(generated.statistics),
    wallMs: generated.wallMs,
    fallback: generated.fallback,
    statistics: generated.statistics,
  };
}

/** Feature calls over all runs; null when a run has no statistics. */
export function featuresOf(statistics: readonly (RunStatistics | null)[]): FeatureCounts | null {
  const counted = statistics.filter((entry) => entry !== null);
  if (counted.length < statistics.length) return null;
  const sum = (source: keyof FeatureCounts) =>
    counted.reduce((total, entry) => total + entry[source], 0);
  return { forwarded: sum('forwarded'), forecast: sum('forecast'), partial: sum('partial') };
}

function hashOf({ samples, images }: Generated, index: number): string {
  const size = samples.length / images.length;
  const numbers = samples.subarray(index * size, (index + 1) * size);
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

function imageFile(index: number): string {
  return `image-${String(index).padStart(4, '0')}.png`;
}

/** Rows of eight; the last row is filled up with black. */
function sheetOf(images: readonly Image[]): Image {
  const columns = Math.min(images.length, SHEET_COLUMNS);
  const rows = Array.from({ length: Math.ceil(images.length / columns) }, (_, row) => {
    const inRow = images.slice(row * columns, (row + 1) * columns);
    const missing = Array.from({ length: columns - inRow.length }, () => blank(images[0]));
    return { label: `${row * columns}`, images: [...inRow, ...missing] };
  });
  return contactSheet(rows);
}

function blank(image: Image | undefined): Image {
  const { width, height, channels } = image ?? { width: 1, height: 1, channels: 1 };
  return { width, height, channels, pixels: new Float32Array(width * height * channels) };
}
