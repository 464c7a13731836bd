import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodePng,
  formatNumber,
  markdownTable,
  sceneToImage,
  sceneToSvg,
  seriesChart,
  type Column,
  type Scene,
} from '@forecache/evaluation';
import { CALIBRATION, UNSEEN } from './ablation-material.js';
import {
  CHOICES,
  CLIMB_ATTEMPTS,
  COUNTS,
  HISTORIES,
  HISTORY_COUNT,
  RUNGS,
  type LadderRow,
  type Rung,
} from './ablation-ladder.js';
import { readLadder } from './ablation-reading.js';
import { predictionSection } from './prediction-page.js';
import type { PredictionRow } from './prediction-record.js';

/** What `calibration-ablation.json` holds. */
export interface AblationRecord {
  readonly ladder: Readonly<Partial<Record<string, LadderRow>>>;
  readonly predictions: Readonly<Partial<Record<string, PredictionRow>>>;
  /** ‖x*‖ over how far all outputs move the sample, on the images of the predictions. */
  readonly norms: { readonly sampleOverMove?: number };
}

const NAME = 'calibration-ablation';

/** Writes the page and its chart from the rows there are. */
export async function writeAblationPage(directory: string): Promise<void> {
  const content = JSON.parse(await readFile(join(directory, `${NAME}.json`), 'utf8'));
  const record: AblationRecord = { ladder: {}, predictions: {}, norms: {}, ...content };
  await writeChart(join(directory, NAME), ladderChart(record));
  await writeFile(join(directory, `${NAME}.md`), renderAblation(record));
}

/** Image pixels for one of the drawing's. */
const PNG_SCALE = 2;

/** Writes a chart twice, for pages and for places that show no vectors. */
export async function writeChart(file: string, scene: Scene): Promise<void> {
  await writeFile(`${file}.svg`, sceneToSvg(scene));
  await writeFile(`${file}.png`, encodePng(sceneToImage(scene, PNG_SCALE)));
}

/** The page. */
export function renderAblation(record: AblationRecord): string {
  return [
    '# What each part of the calibration gives',
    'Written by `npm run bench:calibration ablation`; do not edit.',
    WHAT,
    '## From even spacing to the whole method',
    `![PSNR by full calls and what was fitted](${NAME}.svg)`,
    ladderTable(record),
    readLadder(record.ladder),
    '## How many stored features',
    HISTORY,
    historyTable(record),
    '## Expected and realised',
    predictionSection(record.predictions, { sampleOverMove: record.norms.sampleOverMove ?? NaN }),
    '## Again',
    AGAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

const WHAT =
  'The demo model, 50 even Euler steps, guidance 2, weights of the network’s output. Learned from ' +
  `${CALIBRATION.images} images (seeds from ${CALIBRATION.seed}), judged on ${UNSEEN.images} others (seeds ` +
  `${UNSEEN.seed} to ${UNSEEN.seed + UNSEEN.images - 1}), the classes in turn. PSNR to the run that computes every call, ` +
  'pictures in [0, 1], mean over images; in brackets the relative error of the final samples, ‖x - x*‖ / ‖x*‖, of all ' +
  `images together. Weights fitted on the walk have the freedom of ${CHOICES.length} choices (history 3 or 4, ridge 1e-5 to 1e-3), ` +
  'the best on images of the calibration that were left out; those fitted to full runs choose by themselves (history 1 to 6, ridge 1e-6 ' +
  `to 0.1). Full calls were moved one by one by at most ${CLIMB_ATTEMPTS} attempts. Nothing was chosen on the unseen seeds.`;

function ladderTable({ ladder }: AblationRecord): string {
  const columns: Column<Rung>[] = [
    { heading: 'what', isNumber: false, cell: (rung) => RUNGS[rung] },
    ...COUNTS.map((count) => ({
      heading: `${count} full calls`,
      isNumber: true,
      cell: (rung: Rung) => printDistance(ladder[`${count}: ${rung}`]),
    })),
  ];
  return markdownTable(columns, Object.keys(RUNGS) as Rung[]);
}

const HISTORY =
  `At ${HISTORY_COUNT} full calls, on the schedule that many searches found: weights fitted on the walk that read at most so many ` +
  'stored features, the ridge (1e-5 to 1e-2) chosen on left-out images of the calibration. One feature is a scaled reuse.';

function historyTable({ ladder }: AblationRecord): string {
  const row = (history: number) => ladder[`history ${history}`];
  const columns: Column<number>[] = [
    { heading: 'stored features', isNumber: true, cell: String },
    { heading: 'ridge', isNumber: true, cell: (h) => String(row(h)?.options?.ridge ?? '–') },
    { heading: 'PSNR', isNumber: true, cell: (h) => printDistance(row(h)) },
  ];
  return markdownTable(columns, HISTORIES);
}

/** `50.7 dB (0.86 %)`. */
function printDistance(row: LadderRow | undefined): string {
  if (row === undefined) return '–';
  return `${formatNumber(row.psnr, 1)} dB (${formatNumber(100 * row.relativeError, 2)} %)`;
}

function ladderChart({ ladder }: AblationRecord): Scene {
  const names = Object.keys(RUNGS) as Rung[];
  return seriesChart({
    label:
      'PSNR to full compute on unseen images by full calls of 50, for each part of the calibration',
    x: { label: 'full calls of 50', unit: '' },
    y: { label: 'PSNR to full compute', unit: ' dB' },
    series: names.map((rung) => ({
      name: rung,
      points: COUNTS.flatMap((count) => {
        const row = ladder[`${count}: ${rung}`];
        if (row === undefined) return [];
        return [
          { x: count, y: row.psnr, title: `${RUNGS[rung]}, ${count}: ${printDistance(row)}` },
        ];
      }),
    })),
  });
}

const AGAIN = [
  'Rows that are in the JSON are not measured again.',
  '',
  '```sh',
  'npm run bench:calibration ablation',
  '```',
].join('\n');
