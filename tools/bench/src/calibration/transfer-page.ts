import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatNumber,
  markdownTable,
  seriesChart,
  type Column,
  type Scene,
} from '@forecache/evaluation';
import { writeChart } from './ablation-page.js';
import { CALIBRATION, UNSEEN } from './ablation-material.js';
import { cellName, COUNTS, type Topic, type TransferRow } from './transfer-cells.js';
import {
  CONTESTANTS,
  GUIDANCES,
  RUNS,
  SAMPLER_CALLS,
  STEPS,
  LONGER_TRAININGS,
  SHIPPED_TRAINING,
} from './transfer-topics.js';
import { readTopic } from './transfer-reading.js';

/** Cells by name. */
export type TransferCells = Readonly<Partial<Record<string, TransferRow>>>;

const NAME = 'calibration-transfer';

/** Where each topic is measured, in the order of its table. */
export const PLACES: Readonly<Record<Topic, readonly string[]>> = Object.freeze({
  classes: ['5–9', '0–4'],
  guidance: GUIDANCES.map(String),
  samplers: Object.keys(SAMPLER_CALLS),
  runs: RUNS.map(String),
  steps: STEPS.map(String),
  training: [SHIPPED_TRAINING, ...LONGER_TRAININGS].map(String),
});

/** Topics whose places are numbers. */
const CHARTS = Object.freeze({
  guidance: 'guidance',
  runs: 'calibration runs',
  steps: 'steps',
  training: 'optimiser steps',
} as const);

/** Writes the page and its charts from the rows there are. */
export async function writeTransferPage(directory: string): Promise<void> {
  const content = JSON.parse(await readFile(join(directory, `${NAME}.json`), 'utf8'));
  const cells: TransferCells = content.cells ?? {};
  const charts = (Object.keys(CHARTS) as (keyof typeof CHARTS)[]).filter((topic) =>
    isMeasured(cells, topic),
  );
  for (const topic of charts)
    await writeChart(join(directory, `${NAME}-${topic}`), topicChart(cells, topic));
  await writeFile(join(directory, `${NAME}.md`), renderTransfer(cells));
}

/** The page. */
export function renderTransfer(cells: TransferCells): string {
  const section = (topic: Topic, title: string, what: string) => {
    if (!isMeasured(cells, topic)) return [`## ${title}`, what, NOT_MEASURED];
    return sectionOf(topic, title, what);
  };
  const sectionOf = (topic: Topic, title: string, what: string) => [
    `## ${title}`,
    what,
    ...(topic in CHARTS ? [`![PSNR by ${topic}](${NAME}-${topic}.svg)`] : []),
    topicTable(cells, topic),
    readTopic(cells, topic),
  ];
  return [
    '# What a preset is worth where it was not made',
    'Written by `npm run bench:calibration transfer`; do not edit.',
    WHAT,
    ...section('classes', 'Classes that were left out', CLASSES),
    ...section('guidance', 'Other guidance', GUIDANCE),
    ...section('samplers', 'Other samplers', SAMPLERS),
    ...section('runs', 'Number of calibration runs', RUN_COUNT),
    ...section('steps', 'Other numbers of steps', STEP_COUNT),
    ...section('training', 'A model trained for longer', TRAINED_LONGER),
    '## Where it fails',
    FAILS,
    '## Again',
    AGAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

const WHAT =
  'The demo model, 50 even steps of Euler, guidance 2, weights of the network’s output, unless another is said. Presets are made from ' +
  `${CALIBRATION.images} images (seeds from ${CALIBRATION.seed}), without moving single full calls (attempts 0) and with four choices of history and ridge ` +
  `(history 3 with 1e-5, 1e-4, 1e-3, and history 4 with 1e-5): a little less than \`forecache optimize\` does. They are judged on ${UNSEEN.images} other ` +
  `images (seeds ${UNSEEN.seed} to ${UNSEEN.seed + UNSEEN.images - 1}), the classes in turn: PSNR in dB to the run that computes every call ` +
  'under the same conditions, pictures in [0, 1], mean over images. Full calls are 18, 12 and 9 of 50. – : not measured.';

const NOT_MEASURED =
  'Not measured yet: the command at the end of the page does, and takes up where it was stopped.';

function isMeasured(cells: TransferCells, topic: Topic): boolean {
  return Object.values(cells).some((row) => row?.topic === topic);
}

const CLASSES =
  'Calibrated on images of one half of the classes, judged on images of the other half; beside the preset of all classes on the same images.';
const GUIDANCE =
  'The preset of guidance 2 at other guidance, beside a preset that was calibrated there, and beside weights that were fitted there (history 3, ridge 1e-4) on the schedule of guidance 2: what is lost by the weights, and what by the schedule. The reference is the full run at that guidance.';
const SAMPLERS =
  '50 steps each; Heun makes 99 calls, so about the same share of them is computed: 36, 24 and 18. The reference is the full run of the same sampler. TaylorSeer: evenly ' +
  'spaced full calls, the best of orders 0, 1, 2 (authors’) and 2 (Newton), chosen on the judged images themselves. The preset of Euler is used as it is, which is possible where there are 50 calls.';
const RUN_COUNT =
  'Presets from so many images. With one image nothing can be left out of a fit, so the choice of history and ridge is made on the fitted image itself.';
const STEP_COUNT =
  'Presets of 50 steps stretched to others, beside presets that were calibrated there. About the same share of calls is computed: of 20, for instance, 7, 5 and 4. ' +
  'The stretched ones come from presets with as many full calls, which at 50 steps is another share. The reference is the full run of as many steps.';

const TRAINED_LONGER =
  'The preset of the shipped weights with weights that were trained on, up to twice as long, beside presets that were calibrated on those. The shipped weights are those ' +
  'after 12,000 optimiser steps. The longer training goes on from there with the learning rate of a run of 24,000 steps, so it starts again at half the peak and ends at 0; weights of ' +
  'numbers between are its moving averages. The reference is the full run of the same weights.';

interface TableRow {
  readonly count: number;
  readonly contestant: string;
}

function topicTable(cells: TransferCells, topic: Topic): string {
  const rows = COUNTS.flatMap((count) =>
    CONTESTANTS[topic].map((contestant): TableRow => ({ count, contestant })),
  );
  const columns: Column<TableRow>[] = [
    { heading: 'full calls of 50', isNumber: true, cell: ({ count }) => String(count) },
    { heading: 'what', isNumber: false, cell: ({ contestant }) => contestant },
    ...PLACES[topic].map((at) => ({
      heading: topic === 'classes' ? `judged on ${at}` : at,
      isNumber: true,
      cell: (row: TableRow) => printCell(cells[cellName({ topic, at, ...row })]),
    })),
  ];
  return markdownTable(columns, rows);
}

function printCell(row: TransferRow | undefined): string {
  return row === undefined ? '–' : formatNumber(row.psnr, 1);
}

function topicChart(cells: TransferCells, topic: keyof typeof CHARTS): Scene {
  return seriesChart({
    label: `PSNR to full compute on unseen images by ${CHARTS[topic]}`,
    x: { label: CHARTS[topic], unit: '' },
    y: { label: 'PSNR to full compute', unit: ' dB' },
    series: COUNTS.flatMap((count) =>
      CONTESTANTS[topic].map((contestant) => ({
        name: `${count}: ${SHORT[contestant]}`,
        points: PLACES[topic].flatMap((at) => {
          const row = cells[cellName({ topic, contestant, at, count })];
          if (row === undefined) return [];
          const title = `${contestant}, ${count} of 50, ${CHARTS[topic]} ${at}: ${printCell(row)} dB`;
          return [{ x: Number(at), y: row.psnr, title }];
        }),
      })),
    ),
  });
}

/** As a legend has room for. */
const SHORT = Object.freeze({
  'preset of guidance 2': 'of guidance 2',
  'own preset': 'own preset',
  'schedule of guidance 2, own weights': 'own weights',
  preset: 'preset',
  'preset of 50 steps, stretched': 'stretched',
  'preset of the shipped weights': 'shipped preset',
  'TaylorSeer, even': 'TaylorSeer',
});

const FAILS =
  'At 12 full calls much is decided by the schedule, and the search does not find a good one everywhere. Presets that were calibrated at guidance 1, 1.5, 4 and 6 ended at other ' +
  'schedules than that of guidance 2 and are 1.0 to 2.4 dB behind it there; with its schedule and weights of their own guidance they gain 0.7 to 2.8 dB. But weights are a part of it too: at guidance 3 and with ' +
  'DPM-Solver++(2M), UniPC and Adams–Bashforth the search ends at the very schedule of the usual preset (0, 2, 4, 7, 10, 14, 19, 25, 32, 38, 44, 48), and own weights are 0.3 to 0.7 dB behind it. ' +
  'The schedules of all cells are in the JSON. Moving full calls (`forecache optimize` does, 60 attempts by default; here 0) is the remedy that suggests itself; it was not measured here.';

const AGAIN = [
  'Rows that are in the JSON are not measured again. Weights that were trained for longer are not shipped: those after 24,000 steps come from ' +
    '`train_dit --steps 24000 --extend` on the shipped checkpoint and `export_onnx` (tools/demo-model); without `--trained` their rows are left out.',
  '',
  '```sh',
  'npm run bench:calibration transfer -- --trained 24000=DIRECTORY',
  '```',
].join('\n');
