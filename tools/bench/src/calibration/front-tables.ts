import { formatNumber, formatPercent, markdownTable, type Column } from '@forecache/evaluation';
import { FAMILIES } from './front-candidates.js';
import { chosenRows, fullCallsFor, marginOf, PRESET_FAMILY } from './front-choose.js';
import { rowsAt, type FrontRecord, type JudgedRow, type MeasuredRow } from './front-record.js';
import { RECORDED_METHODS, recordedPsnr, type Table4Row } from './front-table4.js';

/** The rows of unseen images at one number of full calls. */
export interface FrontLine {
  readonly fullCalls: number;
  readonly rows: readonly MeasuredRow[];
}

/** Numbers of full calls at which rows of unseen images are known, most first, with the chosen settings. */
export function frontLines(record: FrontRecord): readonly FrontLine[] {
  const test = record.rows.filter(({ set }) => set === 'test');
  const counts = [...new Set(test.map(({ fullCalls }) => fullCalls))].sort((a, b) => b - a);
  return counts.map((fullCalls) => ({
    fullCalls,
    rows: chosenRows(
      rowsAt(record, { set: 'test', fullCalls }),
      rowsAt(record, { set: 'tuning', fullCalls }),
    ),
  }));
}

/** The full calls of every method's best setting, method by method. */
export function frontTable(lines: readonly FrontLine[]): string {
  const psnrOf = ({ rows }: FrontLine, wanted: string) =>
    rows.find(({ family }) => family === wanted)?.psnr.mean ?? null;
  return markdownTable<FrontLine>(
    [
      number('full calls', ({ fullCalls }) => fullCalls, 0),
      ...[PRESET_FAMILY, ...FAMILIES].map((family) =>
        number<FrontLine>(family, (line) => psnrOf(line, family)),
      ),
      text('nearest rival', ({ rows }) => marginOf(rows)?.rival ?? '–'),
      number('preset − rival, dB', ({ rows }) => marginOf(rows)?.margin ?? null),
      number(
        'preset − best forecast, dB',
        ({ rows }) => marginOf(rows.filter(isForecast))?.margin ?? null,
      ),
    ],
    lines,
  );
}

/** Whether calls are forecast: not when there are fewer steps instead. */
function isForecast({ family }: MeasuredRow): boolean {
  return !family.startsWith('fewer');
}

/** Everything about the rows of unseen images. */
export function settingTable(lines: readonly FrontLine[]): string {
  return markdownTable<MeasuredRow>(
    [
      number('full calls', ({ fullCalls }) => fullCalls, 0),
      text('method', ({ family }) => family),
      text('setting', ({ label }) => label),
      number('calls made', ({ calls }) => calls, 0),
      number('mean PSNR, dB', ({ psnr }) => psnr.mean),
      number('deviation', ({ psnr }) => psnr.deviation),
      number('least', ({ psnr }) => psnr.smallest),
      { ...text('relative error', percentOf), isNumber: true },
    ],
    lines.flatMap(({ rows }) => [...rows].sort((a, b) => b.psnr.mean - a.psnr.mean)),
  );
}

/** Rows of Table 4's record, on the line between their neighbours. */
export function recordedTable(lines: readonly FrontLine[], table4: readonly Table4Row[]): string {
  return markdownTable<FrontLine>(
    [
      number('full calls', ({ fullCalls }) => fullCalls, 0),
      ...RECORDED_METHODS.map((method) =>
        number<FrontLine>(method, ({ fullCalls }) => recordedPsnr(table4, { method, fullCalls })),
      ),
    ],
    lines,
  );
}

/** Full calls with which the preset is as close as its nearest rival. */
export function closenessTable(lines: readonly FrontLine[]): string {
  const front = lines.flatMap(({ fullCalls, rows }) => {
    const psnr = marginOf(rows)?.preset;
    return psnr === undefined ? [] : [{ fullCalls, psnr }];
  });
  const compared = lines.flatMap(({ fullCalls, rows }) => {
    const margin = marginOf(rows);
    if (margin === null || fullCalls < 12) return [];
    return [{ fullCalls, ...margin, own: fullCallsFor(front, margin.psnr) }];
  });
  return markdownTable<(typeof compared)[number]>(
    [
      text('nearest rival', ({ rival, fullCalls }) => `${rival}, ${fullCalls} full calls`),
      number('its PSNR, dB', ({ psnr }) => psnr),
      number('full calls of the preset', ({ own }) => own.measured, 0),
      number('on the line between', ({ own }) => own.between, 1),
    ],
    compared,
  );
}

/** Images as a set. */
export function judgedTable(judged: readonly JudgedRow[]): string {
  return markdownTable<JudgedRow>(
    [
      text('images', ({ label }) => label),
      number('calls made', ({ calls }) => calls, 0),
      number('Fréchet distance', ({ frechet }) => frechet),
      {
        ...text('class accuracy', ({ classAccuracy }) => formatPercent(classAccuracy, 1)),
        isNumber: true,
      },
      number('mean PSNR, dB', ({ psnr }) => psnr),
    ],
    judged,
  );
}

function percentOf({ relativeError }: MeasuredRow): string {
  return formatPercent(relativeError, 2);
}

function number<Row>(
  heading: string,
  value: (row: Row) => number | null,
  decimals = 2,
): Column<Row> {
  return { heading, isNumber: true, cell: (row) => formatNumber(value(row), decimals) };
}

function text<Row>(heading: string, cell: (row: Row) => string): Column<Row> {
  return { heading, isNumber: false, cell };
}
