import { textTable } from '../command-line/text-table.js';
import type { ReproducedRow, ReproducedTable, Verdict } from './reproduce-table.js';

/** One table as cells, and what is to be said about its rows. */
interface PrintedTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly lines: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

const HEADER: readonly string[] = [
  'method',
  'verdict',
  'printed TFLOPs',
  'our TFLOPs',
  'difference',
  'printed speed-up',
  'our speed-up',
  'full calls',
  'schedule',
];

const VERDICTS: Readonly<Record<Verdict, string>> = Object.freeze({
  match: 'match',
  'other-calls': 'other calls',
  measured: 'measured',
  differs: 'differs',
});

/** Method, verdict and schedule; the others are numbers. */
const TEXT_COLUMNS: readonly number[] = [0, 1, HEADER.length - 1];

/** The tables for people, one below the other, and the summary. */
export function printPaperTables(tables: readonly ReproducedTable[]): string {
  const parts = tables.map((table) => {
    const { title, header, lines, notes } = printTable(table);
    const text = textTable([header, ...lines], TEXT_COLUMNS);
    return [title, '', text, ...notes.map((note) => `  ${note}`)].join('\n');
  });
  return [...parts, summarise(tables)].join('\n\n');
}

/** The same as a page of documentation. */
export function paperTablesMarkdown(tables: readonly ReproducedTable[]): string {
  const parts = tables.map((table) => {
    const { title, header, lines, notes } = printTable(table);
    const cells = [header, header.map(() => '---'), ...lines];
    const rows = cells.map((line) => `| ${line.join(' | ')} |`);
    return [`## ${title}`, '', ...rows, '', ...notes.map((note) => `- ${note}`)]
      .join('\n')
      .trimEnd();
  });
  return [MARKDOWN_HEAD, ...parts, summarise(tables)].join('\n\n');
}

/** `82 rows: 65 match to 0.01, 17 differ (reasons above): …`. */
export function summarise(tables: readonly ReproducedTable[]): string {
  const rows = tables.flatMap((table) => table.rows);
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const slips = rows.filter(({ impliedSpeedup }) => impliedSpeedup !== null).length;
  const matched = count('match');
  return [
    `${rows.length} rows: ${matched} match to 0.01, ${rows.length - matched} differ (reasons above):`,
    `${count('other-calls')} follow from other calls, ${count('measured')} are decided from measurements,`,
    `${count('differs')} do not follow. ${slips} printed speed-ups do not follow from the printed TFLOPs.`,
  ].join(' ');
}

const MARKDOWN_HEAD = `# The cost columns of the paper

Written by \`forecache paper-tables --markdown\`; do not edit. Printed: TaylorSeer, arXiv 2503.06923, Tables 1 to 5.
Ours: the plans that the policies compile, counted on the layer tables of \`packages/model-catalog\`; no GPU.

- match: the method's schedule gives the printed TFLOPs to 0.01.
- other calls: it does not; the calls that the reason names do.
- measured: the method decides from measurements, so it has no schedule before the run.
- differs: nothing we have gives the printed TFLOPs.`;

function printTable(table: ReproducedTable): PrintedTable {
  const { number, caption, steps, rows, decimals } = table;
  return {
    title: `Table ${number}: ${caption}, ${steps} steps`,
    header: HEADER,
    lines: rows.map((row) => printRow(row, decimals)),
    notes: rows.flatMap((row) => printNote(row, table)),
  };
}

function printRow(
  { method, verdict, published, ours }: ReproducedRow,
  { teraFlops, speedup }: ReproducedTable['decimals'],
): readonly string[] {
  const left = [method, VERDICTS[verdict], published.teraFlops.toFixed(teraFlops)];
  const printedSpeedup = published.speedup.toFixed(speedup);
  if (ours === null) return [...left, '–', '–', printedSpeedup, '–', '–', '–'];
  return [
    ...left,
    ours.teraFlops.toFixed(teraFlops),
    signed(ours.teraFlops - published.teraFlops, teraFlops),
    printedSpeedup,
    ours.speedup.toFixed(speedup),
    `${ours.fullCalls} of ${ours.calls}`,
    ours.schedule,
  ];
}

function printNote(row: ReproducedRow, { steps, decimals }: ReproducedTable): readonly string[] {
  const { method, note, fit, verdict, published, impliedFullCalls, impliedSpeedup } = row;
  const parts = [
    note,
    fit === null ? '' : `${fit.calls}: ${fit.teraFlops.toFixed(decimals.teraFlops)}`,
    verdict === 'measured'
      ? `the printed cost is that of ${impliedFullCalls.toFixed(2)} full calls of ${steps}`
      : '',
    impliedSpeedup === null
      ? ''
      : `the printed TFLOPs make a speed-up of ${impliedSpeedup.toFixed(decimals.speedup)}, not ${published.speedup.toFixed(decimals.speedup)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`${method}: ${parts.join('; ')}.`];
}

function signed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : value > 0 ? `+${text}` : text;
}
