import type { CallCounts } from '../report/call-counts.js';
import type { Spread } from '../statistics/spread.js';

/** How fast a row was, measured apart from its quality. */
export interface RowTiming {
  /** Images of one round. */
  readonly images: number;
  readonly batch: number;
  /** Who carried the tensors: `plan`, `intercept` or `proxy`. */
  readonly mode: string;
  readonly rounds: number;
  /** Milliseconds of sampling an image, over the rounds. */
  readonly msPerImage: Spread;
  /** Time of full compute divided by this row's in the same round. */
  readonly speedup: Spread;
}

/** One policy of a comparison: what it costs and how good its images are. */
export interface ComparedRow {
  /** Everything that the numbers but `timing` depend on: rows with one key are one measurement. */
  readonly key: string;
  readonly label: string;
  /** Rows of one method stand together in tables and are one line of a chart. */
  readonly method: string;
  /** Policy name and effective options. */
  readonly policy: string;
  readonly granularity: string;
  /** Images that were judged. */
  readonly images: number;
  /** Of one image's run. */
  readonly calls: CallCounts;
  /** Floating point operations of one image's run with its guidance, multiply and add counted separately. */
  readonly flops: number;
  /** FLOPs of full compute divided by this row's. */
  readonly flopsSpeedup: number;
  /** Most bytes of stored features, of one image with its guidance. */
  readonly cacheBytes: number;
  /** Against full compute of the same seeds, decibels; null for full compute itself. */
  readonly psnr: Spread | null;
  readonly ssim: Spread | null;
  /** Part of the images, 0 to 1, that the judge puts into the class that was asked for. */
  readonly classAccuracy: number;
  /** To the data set, in the judge's features; null where there are too few images. */
  readonly frechet: number | null;
  /** SHA-256 of the sampler's float32 numbers: equal hashes mean equal bits. */
  readonly samplesSha256: string;
  /** Null where nobody measured it. */
  readonly timing: RowTiming | null;
}

/** Rows of one method together, methods in the order of their first row. */
export function groupByMethod<Row extends Pick<ComparedRow, 'method'>>(
  rows: readonly Row[],
): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.method, [...(groups.get(row.method) ?? []), row]);
  return [...groups.values()];
}
