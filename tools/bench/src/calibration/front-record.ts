import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ClimbedTimes } from './front-climb.js';
import type { ImageSet } from './front-images.js';

/** How far images are from those of full compute. */
export interface MeasuredRow {
  readonly set: ImageSet['name'];
  readonly fullCalls: number;
  readonly family: string;
  /** The setting. */
  readonly label: string;
  /** Calls that it really computes. */
  readonly calls: number;
  /** Over images, in dB. */
  readonly psnr: { readonly mean: number; readonly deviation: number; readonly smallest: number };
  readonly relativeError: number;
}

/** Images as a set, by the classifier that ships with the model. */
export interface JudgedRow {
  readonly label: string;
  readonly calls: number;
  readonly frechet: number | null;
  readonly classAccuracy: number;
  /** To full compute; null for itself. */
  readonly psnr: number | null;
}

/** The preset by both paths, on the same images. */
export interface PathCheck {
  readonly fullCalls: number;
  readonly images: number;
  /** In dB: by the calibration's walk, and through a sidecar in plan mode with policy `preset`. */
  readonly walk: number;
  readonly sidecar: number;
}

/** All that has been measured so far. */
export interface FrontRecord {
  readonly rows: readonly MeasuredRow[];
  readonly climbs: readonly ClimbedTimes[];
  readonly judged: readonly JudgedRow[];
  readonly path: PathCheck | null;
}

const EMPTY: FrontRecord = { rows: [], climbs: [], judged: [], path: null };

const FORMAT = 'forecache calibration front';

/** Reads what there is; nothing where there is no file. */
export function readRecord(file: string): FrontRecord {
  if (!existsSync(file)) return EMPTY;
  const content = JSON.parse(readFileSync(file, 'utf8')) as Partial<FrontRecord> & {
    format?: string;
  };
  if (content.format !== FORMAT) throw new Error(`${file} must be of format "${FORMAT}"`);
  const { rows = [], climbs = [], judged = [], path = null } = content;
  return { rows, climbs, judged, path };
}

/** Adds to the file, whole or not at all. What another process has added meanwhile stays. */
export function addToRecord(file: string, added: Partial<FrontRecord>): FrontRecord {
  const known = readRecord(file);
  const record: FrontRecord = {
    rows: [...known.rows, ...(added.rows ?? [])],
    climbs: [...known.climbs, ...(added.climbs ?? [])],
    judged: [...known.judged, ...(added.judged ?? [])],
    path: added.path ?? known.path,
  };
  const draft = `${file}.${process.pid}.part`;
  writeFileSync(draft, printRecord(record));
  renameSync(draft, file);
  return record;
}

/** One row a line, so that a change is a line of a diff. */
function printRecord({ rows, climbs, judged, path }: FrontRecord): string {
  const lines = (list: readonly unknown[]) =>
    list.length === 0
      ? '[]'
      : `[\n    ${list.map((row) => JSON.stringify(row)).join(',\n    ')}\n  ]`;
  return [
    `{\n  "format": "${FORMAT}"`,
    `"rows": ${lines(rows)}`,
    `"climbs": ${lines(climbs)}`,
    `"judged": ${lines(judged)}`,
    `"path": ${JSON.stringify(path)}\n}\n`,
  ].join(',\n  ');
}

/** Rows of a set at a number of full calls. */
export function rowsAt(
  { rows }: FrontRecord,
  { set, fullCalls }: Pick<MeasuredRow, 'set' | 'fullCalls'>,
): readonly MeasuredRow[] {
  return rows.filter((row) => row.set === set && row.fullCalls === fullCalls);
}
