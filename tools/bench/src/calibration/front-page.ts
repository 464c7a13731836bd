import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodePng,
  sceneToImage,
  sceneToSvg,
  seriesChart,
  type Scene,
} from '@forecache/evaluation';
import { FAMILIES } from './front-candidates.js';
import { PRESET_FAMILY } from './front-choose.js';
import { readRecord, type FrontRecord } from './front-record.js';
import {
  closenessTable,
  frontLines,
  frontTable,
  judgedTable,
  recordedTable,
  settingTable,
  type FrontLine,
} from './front-tables.js';
import type { Table4Row } from './front-table4.js';
import { pathText, verdictOf } from './front-verdict.js';

/** Image pixels for one of the chart's. */
const PNG_SCALE = 2;

/** Writes calibration.md, .svg and .png from calibration.json and table4.json of a directory. */
export async function writeFrontPage(directory: string): Promise<void> {
  const record = readRecord(join(directory, 'calibration.json'));
  const text = await readFile(join(directory, 'table4.json'), 'utf8');
  const { rows } = JSON.parse(text) as { rows: readonly Table4Row[] };
  const lines = frontLines(record);
  const chart = frontChart(lines);
  await writeFile(join(directory, 'calibration.svg'), sceneToSvg(chart));
  await writeFile(join(directory, 'calibration.png'), encodePng(sceneToImage(chart, PNG_SCALE)));
  await writeFile(join(directory, 'calibration.md'), renderFront(record, lines, rows));
}

/** The page. */
export function renderFront(
  record: FrontRecord,
  lines: readonly FrontLine[],
  table4: readonly Table4Row[],
): string {
  return [
    '# Calibration: the shipped preset beside every other method',
    'Written by `npm run bench:calibration -- front` from `calibration.json`; do not edit.',
    WHAT,
    verdictOf(lines),
    '![PSNR to full compute over full calls, one line a method](calibration.svg)',
    frontTable(lines),
    MEANING,
    '## As close with fewer calls',
    CLOSENESS,
    closenessTable(lines),
    '## Images as a set',
    JUDGED,
    record.judged.length === 0 ? 'Not measured yet.' : judgedTable(record.judged),
    '## The path that hosts take',
    pathText(record),
    '## Methods that are not made again here',
    RECORDED,
    recordedTable(lines, table4),
    '## Every row',
    settingTable(lines),
    '## What was chosen on what',
    CHOSEN,
    '## Again',
    AGAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

/** PSNR over full calls, a line a method. */
export function frontChart(lines: readonly FrontLine[]): Scene {
  const series = [PRESET_FAMILY, ...FAMILIES].map((family) => ({
    name: family,
    points: lines.flatMap(({ fullCalls, rows }) =>
      rows
        .filter((row) => row.family === family)
        .map(({ label, psnr: { mean } }) => ({
          x: fullCalls,
          y: mean,
          title: `${label}, ${fullCalls} full calls: ${mean.toFixed(1)} dB`,
        })),
    ),
  }));
  return seriesChart({
    label: 'PSNR to full compute over full calls, one line a method',
    x: { label: 'full calls of 50', unit: '' },
    y: { label: 'PSNR to 50 calls', unit: ' dB' },
    series,
  });
}

const WHAT =
  'The embedded model, 50 Euler steps, guidance 2. Numbers are PSNR to the full run of the same seed, in dB, pictures in [0, 1], mean ' +
  'over 256 images that nothing was fitted or chosen on (seeds 1 to 256, classes in turn).';

const MEANING =
  'Every method but the preset is shown at its best setting, chosen on other images: see below. A method whose schedule cannot make exactly ' +
  'as many full calls makes the next more: the count is in the last table. A rival is any other method, a forecast one that keeps the 50 steps. Forecast calls are taken to cost nothing; at `module` and `hidden` they cost more ' +
  'than the preset’s, which are at the network’s output.';

const CLOSENESS =
  'How many full calls the preset needs to be as close as its nearest rival: the fewest that were measured, and where the line between measured ones crosses.';

const JUDGED =
  'At 12 full calls, 1000 images from seed 1: Fréchet distance to the data set on the features of the classifier that ships with the model, and how many images it ' +
  'puts into the class that was asked for.';

const RECORDED =
  'From [Table 4 on the demo model](table4.md): 2000 images of the same model, sampler and guidance (seeds 1 to 2000), defaults of the methods’ authors. ' +
  'Shown is the line between the two rows with the nearest mean numbers of full calls; a dash where nothing was measured on one side. Full calls are all that is counted: ToCa, DuCa and Δ-DiT also ' +
  'compute a part of their other calls.';

const CHOSEN = [
  '- The preset: 16 images, seeds 100000 to 100015; its own held-out numbers are of 32 images, seeds 200000 to 200031. It was written before anything here was measured.',
  '- Settings of all other methods: every setting on 16 images (seeds 300000 to 300015) at 12 full calls, and at other numbers those within 1.5 dB of their method’s best there, the best two of every method on 64 (seeds 300000 to 300063), the best of those on the 256.',
  '- TaylorSeer: full calls at round(i · 50 / K), orders 0 to 3, official and newton, at the output; orders 0 to 2, official, at `hidden` and `module`; order 2 with three leading full calls at `output` and `module`. Official and newton are the same at orders 0 and 1.',
  '- FoCa: the same places, both variants, orders 2 and 3 at `output` and `module`; literal order 2 with three leading full calls. HiCache: orders 1 and 2, scales 0.5, 0.6 and 0.7, at `output` and `module`.',
  '- DMD (4 or 5 snapshots) and Spectrum (orders 2 and 4, ridges 0.1 and 0.001), at `output` and `hidden`: three leading full calls, the largest interval with at least K full calls. DMD’s weights are those of a run of 32 images.',
  '- Fewer steps: Euler, Heun, Adams–Bashforth 2, DPM-Solver++(2M) and UniPC with K calls (Heun: the next odd number). Optimised: shifts 0.5, 0.7, 1.5, 2 and 3; the preset’s full calls as times (not Heun); for ' +
    'Adams–Bashforth 2 also times that were found as the preset’s schedule is, by moving steps 60 times on the preset’s own 16 images, from the better of even times and the preset’s.',
].join('\n');

const AGAIN = [
  '```sh',
  'forecache calibrate --out out/calibration.json',
  'forecache optimize out/calibration.json --name demo-euler-50 --full-calls 5,7,9,10,12,14,18,24 --out packages/demo-model/presets/demo-euler-50.json',
  'npm run bench:calibration -- front             # measures the rows that calibration.json lacks',
  'npm run bench:calibration -- front --render    # measures nothing, writes the page again',
  '```',
  '',
  'Nothing here is a time, so a busy machine changes no number. Rows are written one by one; a run that is stopped goes on where it was.',
].join('\n');
