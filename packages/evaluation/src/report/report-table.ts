import { htmlTable, textTable, type Column } from '../table/table.js';
import { countCalls, formatCalls } from './call-counts.js';
import {
  formatNumber,
  formatPercent,
  formatSpeedup,
  formatSpread,
  NOT_MEASURED,
} from './format-number.js';
import type { PolicyResult } from './report-model.js';

type ResultColumn = Column<PolicyResult>;

const COLUMNS: readonly ResultColumn[] = [
  {
    heading: 'policy',
    isNumber: false,
    cell: ({ label }) => label,
    title: ({ policy }) => policy,
  },
  {
    heading: 'calls full / partial / forecast',
    isNumber: true,
    cell: ({ actions }) => formatCalls(countCalls(actions)),
  },
  {
    heading: 'features forwarded / partial / forecast',
    isNumber: true,
    cell: ({ forwarded, partial, forecast }) =>
      forwarded === null ? NOT_MEASURED : `${forwarded} / ${partial ?? 0} / ${forecast ?? 0}`,
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
function resultColumns(results: readonly PolicyResult[]): readonly ResultColumn[] {
  return results.some(({ frechet }) => frechet !== null) ? [...COLUMNS, FRECHET] : COLUMNS;
}

/** The results as an HTML table. */
export function resultTable(results: readonly PolicyResult[]): string {
  return htmlTable(resultColumns(results), results);
}

/** The results as text with aligned columns, for a terminal. */
export function resultText(results: readonly PolicyResult[]): string {
  return textTable(resultColumns(results), results);
}
