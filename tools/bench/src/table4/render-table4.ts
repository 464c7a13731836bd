import {
  formatCalls,
  formatNumber,
  formatPercent,
  formatSpeedup,
  formatSpread,
  groupByMethod,
  markdownTable,
  type Column,
  type ComparedRow,
  type Comparison,
} from '@forecache/evaluation';
import { PAPER_FULL, paperRow } from './paper-table4.js';

/** The page of the record: the paper's numbers beside ours, each divided by its own full compute. `charts` are files beside it. */
export function renderTable4(
  comparison: Omit<Comparison, 'sheet'>,
  charts: readonly string[],
): string {
  const { title, rows, summary, notes, facts } = comparison;
  const table = markdownTable(columnsFor(rows), groupByMethod(rows).flat());
  return [
    `# ${title}`,
    'Written by `npm run bench:table4` from `table4.json`; do not edit.',
    [...summary, WHAT_IT_IS].join(' '),
    ...charts.map((file) => `![Quality against FLOPs speed-up, one line a method](${file})`),
    table,
    '## Notes',
    [...NOTES, ...notes].map((note) => `- ${note}`).join('\n'),
    '## How this was measured',
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

const WHAT_IT_IS =
  'Tables 3 and 4 of the TaylorSeer paper vary interval N and order O on DiT-XL/2, 50 DDIM steps, 50,000 ImageNet ' +
  'images; here is the same line-up on the network that ships with forecache. FID (Inception features, ImageNet) and ' +
  'our Fréchet distance (a small classifier’s features, Fashion-MNIST) are not on one scale, so each is also shown ' +
  'divided by its own full compute; even so they are ratios of different measures on different models. ' +
  '[What this says about the paper’s conclusions](table4-reading.md).';

const NOTES = [
  'Paper columns are printed numbers of Table 4 (TaylorSeer) and Table 3 (full compute, FORA, fewer steps). The paper prints two rows twice with different numbers: N=5 O=3 has FID 2.78 and sFID 5.82 in Table 4, 2.65 and 5.36 in Table 3; N=4 O=4 has FID 2.52 in Table 4, 2.49 in Table 3. Table 4’s are shown.',
  'Warm-up is 2, as in the authors’ DiT code. Our FLOPs speed-up is a little lower at the same full calls, because embedding, modulation and head are a larger part of a small network.',
  'Fewer steps: DDIM in the paper, Euler steps of a rectified flow here.',
];

function columnsFor(rows: readonly ComparedRow[]): readonly Column<ComparedRow>[] {
  const full = rows.find(({ policy }) => policy === 'full()')?.frechet ?? null;
  const wall = rows.some(({ timing }) => timing !== null) ? [WALL] : [];
  return [
    { heading: 'row', isNumber: false, cell: ({ label }) => label },
    {
      heading: 'calls full / partial / forecast',
      isNumber: true,
      cell: ({ calls }) => formatCalls(calls),
    },
    number('FLOPs speed-up', ({ flopsSpeedup }) => flopsSpeedup),
    number('paper’s', ({ policy }) => paperRow(policy)?.speedup ?? null),
    ...wall,
    number('paper’s FID', ({ policy }) => paperRow(policy)?.fid ?? null),
    number('FID ÷ full', ({ policy }) => over(paperRow(policy)?.fid ?? null, PAPER_FULL.fid)),
    number('paper’s sFID', ({ policy }) => paperRow(policy)?.sfid ?? null),
    number('sFID ÷ full', ({ policy }) => over(paperRow(policy)?.sfid ?? null, PAPER_FULL.sfid)),
    number('our Fréchet', ({ frechet }) => frechet),
    number('Fréchet ÷ full', ({ frechet }) => over(frechet, full)),
    { heading: 'PSNR dB', isNumber: true, cell: ({ psnr }) => formatSpread(psnr, 1) },
    { heading: 'SSIM', isNumber: true, cell: ({ ssim }) => formatSpread(ssim, 3) },
    {
      heading: 'class accuracy',
      isNumber: true,
      cell: ({ classAccuracy }) => formatPercent(classAccuracy, 1),
    },
    {
      heading: 'cache KiB',
      isNumber: true,
      cell: ({ cacheBytes }) => formatNumber(cacheBytes / 1024, 0),
    },
  ];
}

const WALL: Column<ComparedRow> = {
  heading: 'wall speed-up',
  isNumber: true,
  cell: ({ timing }) => formatSpeedup(timing?.speedup ?? null),
};

function number(heading: string, value: (row: ComparedRow) => number | null): Column<ComparedRow> {
  return { heading, isNumber: true, cell: (row) => formatNumber(value(row), 2) };
}

function over(value: number | null, full: number | null): number | null {
  return value === null || full === null ? null : value / full;
}
