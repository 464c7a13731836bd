import { formatCalls } from '../report/call-counts.js';
import {
  formatNumber,
  formatPercent,
  formatSpeedup,
  formatSpread,
} from '../report/format-number.js';
import { csvTable, htmlTable, markdownTable, textTable, type Column } from '../table/table.js';
import { groupByMethod, type ComparedRow } from './compared-row.js';

/** Renders rows that stand together by method, methods in the order of their first row. */
export interface ComparisonTable {
  text(): string;
  markdown(): string;
  html(): string;
  /** Unrounded numbers, one column each. */
  csv(): string;
}

/** The table of a comparison. Time and Fréchet distance have a column only where somebody measured them. */
export function comparisonTable(rows: readonly ComparedRow[]): ComparisonTable {
  const sorted = groupByMethod(rows).flat();
  const columns = comparisonColumns(sorted);
  return {
    text: () => textTable(columns, sorted),
    markdown: () => markdownTable(columns, sorted),
    html: () => htmlTable(columns, sorted),
    csv: () => csvTable(CSV_COLUMNS, sorted),
  };
}

function comparisonColumns(rows: readonly ComparedRow[]): readonly Column<ComparedRow>[] {
  const wall = rows.some(({ timing }) => timing !== null) ? [WALL] : [];
  const frechet = rows.some((row) => row.frechet !== null) ? [FRECHET] : [];
  return [...LEADING, ...wall, ...QUALITY, ...frechet, CACHE];
}

const LEADING: readonly Column<ComparedRow>[] = [
  { heading: 'row', isNumber: false, cell: ({ label }) => label },
  {
    heading: 'policy',
    isNumber: false,
    cell: ({ policy, granularity }) => `${policy} @ ${granularity}`,
  },
  {
    heading: 'calls full / partial / forecast',
    isNumber: true,
    cell: ({ calls }) => formatCalls(calls),
  },
  {
    heading: 'FLOPs speed-up',
    isNumber: true,
    cell: ({ flopsSpeedup }) => `${formatNumber(flopsSpeedup, 2)}×`,
  },
];

const WALL: Column<ComparedRow> = {
  heading: 'wall speed-up',
  isNumber: true,
  cell: ({ timing }) => formatSpeedup(timing?.speedup ?? null),
};

const QUALITY: readonly Column<ComparedRow>[] = [
  { heading: 'PSNR dB', isNumber: true, cell: ({ psnr }) => formatSpread(psnr, 2) },
  { heading: 'SSIM', isNumber: true, cell: ({ ssim }) => formatSpread(ssim, 3) },
  {
    heading: 'class accuracy',
    isNumber: true,
    cell: ({ classAccuracy }) => formatPercent(classAccuracy, 1),
  },
];

const FRECHET: Column<ComparedRow> = {
  heading: 'Fréchet distance',
  isNumber: true,
  cell: ({ frechet }) => formatNumber(frechet, 2),
};

const CACHE: Column<ComparedRow> = {
  heading: 'cache KiB',
  isNumber: true,
  cell: ({ cacheBytes }) => formatNumber(cacheBytes / 1024, 1),
};

const CSV_COLUMNS: Parameters<typeof csvTable<ComparedRow>>[0] = [
  { name: 'method', value: ({ method }) => method },
  { name: 'label', value: ({ label }) => label },
  { name: 'policy', value: ({ policy }) => policy },
  { name: 'granularity', value: ({ granularity }) => granularity },
  { name: 'images', value: ({ images }) => images },
  { name: 'full_calls', value: ({ calls }) => calls.full },
  { name: 'partial_calls', value: ({ calls }) => calls.partial },
  { name: 'forecast_calls', value: ({ calls }) => calls.forecast },
  { name: 'flops_an_image', value: ({ flops }) => flops },
  { name: 'flops_speedup', value: ({ flopsSpeedup }) => flopsSpeedup },
  { name: 'wall_speedup_mean', value: ({ timing }) => timing?.speedup.mean ?? null },
  { name: 'wall_speedup_smallest', value: ({ timing }) => timing?.speedup.smallest ?? null },
  { name: 'wall_speedup_largest', value: ({ timing }) => timing?.speedup.largest ?? null },
  { name: 'ms_an_image', value: ({ timing }) => timing?.msPerImage.mean ?? null },
  { name: 'psnr_db_mean', value: ({ psnr }) => psnr?.mean ?? null },
  { name: 'psnr_db_deviation', value: ({ psnr }) => psnr?.deviation ?? null },
  { name: 'ssim_mean', value: ({ ssim }) => ssim?.mean ?? null },
  { name: 'ssim_deviation', value: ({ ssim }) => ssim?.deviation ?? null },
  { name: 'class_accuracy', value: ({ classAccuracy }) => classAccuracy },
  { name: 'frechet_distance', value: ({ frechet }) => frechet },
  { name: 'cache_bytes_an_image', value: ({ cacheBytes }) => cacheBytes },
];
