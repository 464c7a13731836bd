import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber, markdownTable, type Column } from '@forecache/evaluation';
import { CALIBRATION, UNSEEN, USUAL } from './ablation-material.js';
import { nameOf, readGranularity, workOf, type Rows } from './granularity-reading.js';
import {
  CELLS,
  COUNTS,
  GRANULARITIES,
  rowName,
  type ComparedGranularity,
  type GranularityCell,
  type GranularityCost,
  type GranularityFit,
} from './granularity-rows.js';

/** What `calibration-granularity.json` holds. */
export interface GranularityRecord {
  readonly schedules: Readonly<Partial<Record<string, { readonly fullCalls: readonly number[] }>>>;
  readonly costs: Readonly<Partial<Record<string, GranularityCost>>>;
  readonly fits: Readonly<Partial<Record<string, GranularityFit>>>;
  readonly rows: Rows;
}

const NAME = 'calibration-granularity';

/** Writes the page from the rows there are. */
export async function writeGranularityPage(directory: string): Promise<void> {
  const content = JSON.parse(await readFile(join(directory, `${NAME}.json`), 'utf8'));
  const record: GranularityRecord = { schedules: {}, costs: {}, fits: {}, rows: {}, ...content };
  await writeFile(join(directory, `${NAME}.md`), renderGranularity(record));
}

/** The page. */
export function renderGranularity(record: GranularityRecord): string {
  return [
    '# Fitted weights inside the network',
    'Written by `npm run bench:calibration -- granularity`; do not edit.',
    WHAT,
    schedules(record),
    '## How close',
    rowsTable(record),
    readGranularity(record.rows),
    '## What it costs',
    COST,
    costTable(record),
    '## What was fitted',
    FIT,
    fitsTable(record),
    '## Again',
    AGAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

const WHAT =
  `The demo model, ${USUAL.steps} even Euler steps, guidance ${USUAL.guidance}. PSNR to the run that computes every call, pictures ` +
  `in [0, 1], mean over ${UNSEEN.images} images that nothing was fitted on (seeds ${UNSEEN.seed} to ` +
  `${UNSEEN.seed + UNSEEN.images - 1}, the classes in turn); in brackets the relative error of the final samples, ` +
  '‖x - x*‖ / ‖x*‖, of all images together. Forecasts are made at the network’s output, at the hidden state before the head, or ' +
  'at both branches of every block (module: 16 sites, which share the weights of a call). The preset’s own weights are those of ' +
  'the shipped preset: fitted at the output, to what the sample becomes. At hidden and module they are applied as they are.';

function schedules({ schedules: known }: GranularityRecord): string {
  const parts = COUNTS.map((count) => `- ${count}: ${known[count]?.fullCalls.join(', ') ?? '–'}`);
  return ['Full calls of the preset’s schedules:', '', ...parts].join('\n');
}

function rowsTable({ rows }: GranularityRecord): string {
  const columns: Column<GranularityCell>[] = [
    { heading: 'forecasts at', isNumber: false, cell: ({ granularity }) => granularity },
    { heading: 'what', isNumber: false, cell: nameOf },
    ...inOrder().map((count) => ({
      heading: `${count} full calls`,
      isNumber: true,
      cell: (cell: GranularityCell) => {
        const row = rows[rowName(cell, count)];
        if (row === undefined) return '–';
        const { psnr, relativeError } = row;
        return `${formatNumber(psnr.mean, 1)} dB (${formatNumber(100 * relativeError, 2)} %)`;
      },
    })),
  ];
  return markdownTable(columns, CELLS);
}

function inOrder(): number[] {
  return [...COUNTS].sort((a, b) => b - a);
}

const COST =
  'Matrix products of one call of one image with guidance, as `forecache models demo` prints them. A forecast at hidden or ' +
  'module still computes embedder, modulation and head. Not in these numbers: the weighted sum of every forecast call, two ' +
  'operations for each stored number and weight, and the memory that is read for it.';

function costTable({ costs }: GranularityRecord): string {
  const cost = (granularity: ComparedGranularity) => costs[granularity];
  const columns: Column<ComparedGranularity>[] = [
    { heading: 'forecasts at', isNumber: false, cell: (granularity) => granularity },
    {
      heading: 'forecast call',
      isNumber: true,
      cell: (g) =>
        of(cost(g), ({ forecastCallFlops: flops }) => `${formatNumber(flops / 1e6, 2)} MFLOPs`),
    },
    {
      heading: 'of a full one',
      isNumber: true,
      cell: (g) =>
        of(cost(g), (c) => `${formatNumber((100 * c.forecastCallFlops) / c.fullCallFlops, 2)} %`),
    },
    ...inOrder().map((count) => ({
      heading: `run with ${count} full calls`,
      isNumber: true,
      cell: (g: ComparedGranularity) =>
        of(cost(g), (c) => `${formatNumber(workOf(count, c, USUAL.steps), 2)} full calls`),
    })),
    {
      heading: 'sum of 4 features',
      isNumber: true,
      cell: (g) =>
        of(cost(g), ({ numbers }) => `${formatNumber((2 * 4 * numbers) / 1e6, 3)} MFLOPs`),
    },
    {
      heading: 'one stored feature set',
      isNumber: true,
      cell: (g) => of(cost(g), ({ numbers }) => `${formatNumber((4 * numbers) / 1000, 1)} kB`),
    },
  ];
  return markdownTable(columns, GRANULARITIES);
}

function of(cost: GranularityCost | undefined, print: (cost: GranularityCost) => string): string {
  return cost === undefined ? '–' : print(cost);
}

const FIT =
  'Weights of a skipped call minimise the squared error of its feature, with a ridge towards the line through the newest two; the ' +
  'errors of the sites of module are each relative to the site’s own features and added. What is aimed at is always the full run’s ' +
  'feature. What is read are the features of full runs, or, on the walk, those that the walk itself has computed by then: gap after ' +
  'gap in one walk, which is where repeated rounds would end, because a gap’s features depend on earlier gaps only. History and ridge ' +
  `are the ones with the highest PSNR on left-out images of the calibration (${CALIBRATION.images} images, seeds from ` +
  `${CALIBRATION.seed}, four groups): first the ridge with 3 stored features, then their number.`;

function fitsTable({ fits }: GranularityRecord): string {
  const named = [...inOrder()].flatMap((count) =>
    CELLS.flatMap((cell) => {
      const fit = fits[rowName(cell, count)];
      return fit === undefined ? [] : [{ cell, count, fit }];
    }),
  );
  const columns: Column<(typeof named)[number]>[] = [
    { heading: 'full calls', isNumber: true, cell: ({ count }) => String(count) },
    { heading: 'forecasts at', isNumber: false, cell: ({ cell }) => cell.granularity },
    { heading: 'what', isNumber: false, cell: ({ cell }) => nameOf(cell) },
    { heading: 'stored features', isNumber: true, cell: ({ fit }) => String(fit.history) },
    { heading: 'ridge', isNumber: true, cell: ({ fit }) => String(fit.ridge) },
    {
      heading: 'left-out images',
      isNumber: true,
      cell: ({ fit }) => {
        const psnr = fit.tried[`${fit.history}, ${fit.ridge}`];
        return psnr === undefined ? '–' : `${formatNumber(psnr, 1)} dB`;
      },
    },
  ];
  return markdownTable(columns, named);
}

const AGAIN = [
  'Rows that are in the JSON are not measured again; `--render` measures nothing. The preset’s schedules and weights are kept in the',
  'JSON with the first row, so that a later preset does not mix with them.',
  '',
  '```sh',
  'npm run bench:calibration -- granularity',
  '```',
].join('\n');
