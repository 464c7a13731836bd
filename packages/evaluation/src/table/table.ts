import { escapeHtml } from '../report/escape-html.js';

/** A column of a table: heading, and the text of a cell. The first column names the row. */
export interface Column<Row> {
  readonly heading: string;
  readonly isNumber: boolean;
  cell(row: Row): string;
  /** What a reader sees who points at the cell. */
  title?(row: Row): string;
}

/** An HTML table; all text is escaped. */
export function htmlTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const headings = columns.map(({ heading }) => `<th scope="col">${escapeHtml(heading)}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((column, i) => {
      const title = column.title ? ` title="${escapeHtml(column.title(row))}"` : '';
      const content = escapeHtml(column.cell(row));
      if (i === 0) return `<th scope="row"${title}>${content}</th>`;
      return `<td${column.isNumber ? ' class="number"' : ''}${title}>${content}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr>${headings.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

/** Text with aligned columns, for a terminal. */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const { lines, widths } = laidOut(columns, rows);
  const aligned = lines.map((line) => padded(columns, line, widths).join('  ').trimEnd());
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [aligned[0] ?? '', rule, ...aligned.slice(1)].join('\n');
}

/** A GitHub-flavoured Markdown table, aligned in its source too. */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const marked = columns.map((column) => ({
    ...column,
    heading: escapeCell(column.heading),
    cell: (row: Row) => escapeCell(column.cell(row)),
  }));
  const { lines, widths } = laidOut(marked, rows);
  const rule = columns.map(({ isNumber }, i) => {
    const width = Math.max(widths[i] ?? 0, 3);
    return isNumber ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const [heading, ...body] = lines.map((line) =>
    padded(
      columns,
      line,
      widths.map((width) => Math.max(width, 3)),
    ),
  );
  return [heading ?? [], rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Comma-separated values (RFC 4180): missing numbers are empty. */
export function csvTable<Row>(
  columns: readonly { readonly name: string; value(row: Row): string | number | null }[],
  rows: readonly Row[],
): string {
  const lines = rows.map((row) => columns.map((column) => csvCell(column.value(row))));
  return [columns.map(({ name }) => csvCell(name)), ...lines]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

function laidOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[]) {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
  const widths = columns.map((_, i) =>
    lines.reduce((widest, line) => Math.max(widest, [...(line[i] ?? '')].length), 0),
  );
  return { lines, widths };
}

function padded<Row>(
  columns: readonly Column<Row>[],
  line: readonly string[],
  widths: readonly number[],
): string[] {
  return line.map((cell, i) => {
    const missing = ' '.repeat(Math.max((widths[i] ?? 0) - [...cell].length, 0));
    return columns[i]?.isNumber ? missing + cell : cell + missing;
  });
}

function escapeCell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
