import type { MeasuredRow } from './front-record.js';
import { onLine } from './front-table4.js';

/** What a preset is called among rows. */
export const PRESET_FAMILY = 'preset';

type Chosen = Pick<MeasuredRow, 'family' | 'label' | 'psnr'>;

/** The best rows of a family, best first. */
export function bestOf<Row extends Chosen>(
  rows: readonly Row[],
  family: string,
  most: number,
): readonly Row[] {
  const own = rows.filter((row) => row.family === family);
  return [...own].sort((a, b) => b.psnr.mean - a.psnr.mean).slice(0, most);
}

/** Of each family the row of the setting that was best on the tuning images; the preset's as it is. */
export function chosenRows<Row extends Chosen>(
  rows: readonly Row[],
  tuning: readonly Chosen[],
): readonly Row[] {
  return rows.filter(
    ({ family, label }) =>
      family === PRESET_FAMILY || bestOf(tuning, family, 1)[0]?.label === label,
  );
}

/** The preset beside the best of the others. */
export interface Margin {
  readonly preset: number;
  /** Its nearest rival. */
  readonly rival: string;
  readonly psnr: number;
  /** preset - psnr, in dB. */
  readonly margin: number;
}

/** Null where the preset or all others are missing. */
export function marginOf(rows: readonly Chosen[]): Margin | null {
  const own = rows.find(({ family }) => family === PRESET_FAMILY);
  const others = rows.filter(({ family }) => family !== PRESET_FAMILY);
  if (own === undefined || others.length === 0) return null;
  const best = others.reduce((most, row) => (row.psnr.mean > most.psnr.mean ? row : most));
  const { mean } = best.psnr;
  return {
    preset: own.psnr.mean,
    rival: best.label,
    psnr: mean,
    margin: own.psnr.mean - mean,
  };
}

/** Full calls with which a front reaches a PSNR. */
export interface EqualCloseness {
  /** The fewest that were measured and reach it; null where none does. */
  readonly measured: number | null;
  /** On the line between measured ones; null beyond them. */
  readonly between: number | null;
}

/** Where a front, by full calls, is as close as something else. */
export function fullCallsFor(
  front: readonly { readonly fullCalls: number; readonly psnr: number }[],
  psnr: number,
): EqualCloseness {
  const reached = front.filter((point) => point.psnr >= psnr).map(({ fullCalls }) => fullCalls);
  const inverse = front.map((point) => ({ x: point.psnr, y: point.fullCalls }));
  return {
    measured: reached.length === 0 ? null : Math.min(...reached),
    between: onLine(inverse, psnr),
  };
}
