import { escapeHtml } from './escape-html.js';
import {
  formatNumber,
  formatPercent,
  formatSpeedup,
  formatSpread,
  NOT_MEASURED,
} from './format-number.js';
import { countCalls, type PolicyResult } from './report-model.js';

/** A column of the results: heading, and the text of a cell. */
export interface ResultColumn {
  readonly heading: string;
  readonly isNumber: boolean;
  cell(result: PolicyResult): string;
}

const COLUMNS: readonly ResultColumn[] = [
  { heading: 'policy', isNumber: false, cell: ({ label }) => label },
  {
    heading: 'calls full / forecast',
    isNumber: true,
    cell: ({ actions }) => `${countCalls(actions).full} / ${countCalls(actions).forecast}`,
  },
  {
    heading: 'features forwarded / forecast',
    isNumber: true,
    cell: ({ forwarded, forecast }) =>
      forwarded === null ? NOT_MEASURED : `${forwarded} / ${forecast ?? 0}`,
  },
  { heading: 'wall s', isNumber: true, cell: ({ wallMs }) => formatNumber(wallMs / 1000, 2) },
  {
    heading: 'speed-up',
    isNumber: true,
    cell: ({ speedup }) => formatSpeedup(speedup),
  },
  { heading: 'PSNR dB', isNumber: true, cell: ({ psnr }) => formatSpread(psnr, 1) },
  { heading: 'SSIM', isNumber: true, cell: ({ ssim }) => formatSpread(ssim, 3) },
  {
    heading: 'class accuracy',
    isNumber: true,
    cell: ({ classAccuracy }) => formatPercent(classAccuracy),
  },
];

const FRECHET: ResultColumn = {
  heading: 'Fréchet',
  isNumber: true,
  cell: ({ frechet }) => formatNumber(frechet, 2),
};

/** The columns worth showing: Fréchet distance only where somebody measured it. */
export function resultColumns(results: readonly PolicyResult[]): readonly ResultColumn[] {
  return results.some(({ frechet }) => frechet !== null) ? [...COLUMNS, FRECHET] : COLUMNS;
}

/** The results as an HTML table. */
export function resultTable(results: readonly PolicyResult[]): string {
  const columns = resultColumns(results);
  const headings = columns.map(({ heading }) => `<th scope="col">${escapeHtml(heading)}</th>`);
  const rows = results.map((result) => {
    const cells = columns.map((column, i) => {
      const content = escapeHtml(column.cell(result));
      const title = i === 0 ? ` title="${escapeHtml(result.policy)}"` : '';
      if (i === 0) return `<th scope="row"${title}>${content}</th>`;
      return `<td${column.isNumber ? ' class="number"' : ''}>${content}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr>${headings.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** The results as text with aligned columns, for a terminal. */
export function resultText(results: readonly PolicyResult[]): string {
  const columns = resultColumns(results);
  const lines = [columns.map(({ heading }) => heading)].concat(
    results.map((result) => columns.map((column) => column.cell(result))),
  );
  const widths = columns.map((_, i) =>
    lines.reduce((widest, line) => Math.max(widest, (line[i] ?? '').length), 0),
  );
  const aligned = lines.map((line) =>
    line
      .map((cell, i) =>
        columns[i]?.isNumber ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [aligned[0] ?? '', rule, ...aligned.slice(1)].join('\n');
}
