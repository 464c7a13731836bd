import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  contactSheet,
  encodePng,
  renderReport,
  spreadOf,
  type Fact,
  type PolicyResult,
  type Report,
} from '@forecache/evaluation';
import { LEAST_FOR_FRECHET } from '../evaluation-model/judge-images.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { infinitiesAsText } from '../json-file.js';
import { DIRECT_LABEL, FULL_LABEL } from './lineup.js';
import type { RunEntry } from './run-lineup.js';

/** Everything that the quickstart found out. */
export interface Findings {
  readonly job: GenerationJob;
  readonly runs: readonly RunEntry[];
  readonly results: readonly PolicyResult[];
  readonly classNames: readonly string[];
  readonly machine: readonly Fact[];
  /** Whether the sheet shows every image instead of the first eight. */
  readonly isFullSheet: boolean;
}

/** Where the quickstart's files are. */
export interface WrittenReport {
  readonly report: string;
  readonly sheet: string;
  readonly results: string;
}

const SHEET_COLUMNS = 8;

/** Writes contact sheet, HTML report and JSON into a directory, which is made if missing. */
export async function writeReport(directory: string, findings: Findings): Promise<WrittenReport> {
  const png = drawSheet(findings);
  const files = {
    report: join(directory, 'report.html'),
    sheet: join(directory, 'contact-sheet.png'),
    results: join(directory, 'results.json'),
  };
  await mkdir(directory, { recursive: true });
  await writeFile(files.sheet, png);
  await writeFile(files.report, renderReport(reportOf(findings, png)));
  await writeFile(files.results, `${JSON.stringify(resultsJson(findings), infinitiesAsText, 2)}\n`);
  return files;
}

/** Whether interception changed any bit: the sampler's numbers of direct and full compute side by side. */
export function isBitIdentical(runs: readonly RunEntry[]): boolean {
  const [direct, full] = [DIRECT_LABEL, FULL_LABEL].map(
    (label) => runs.find(({ entry }) => entry.label === label)?.generated.samples,
  );
  if (direct === undefined || full === undefined || direct.length !== full.length) return false;
  return bytesOf(direct).equals(bytesOf(full));
}

/** One sentence about it, for the terminal and the report. */
export function describeBits(runs: readonly RunEntry[]): string {
  return isBitIdentical(runs)
    ? 'Full compute through interception is bit-identical to the model without a sidecar.'
    : 'Full compute through interception DIFFERS from the model without a sidecar: this is a fault, please report it.';
}

/** Things that a reader must know before quoting a number. */
export function notesOf({ runs, job }: Findings): string[] {
  const gone = runs.filter(({ generated }) => generated.fallback !== null);
  const count = job.labels.length;
  return [
    `Speed-ups are wall times of sampling against full compute through the sidecar; those of a run by plan, which carries no tensor, against the model without a sidecar. ${describeRounds(runs)}`,
    describeOverhead(runs),
    `${count} images a policy. PSNR and SSIM: mean ± standard deviation over images, against full compute of the same seeds.`,
    ...(count < LEAST_FOR_FRECHET
      ? [`No Fréchet distance: it needs at least ${LEAST_FOR_FRECHET} images (--count).`]
      : []),
    ...gone.map(
      ({ entry, generated }) =>
        `${entry.label}: the sidecar was gone from call ${generated.fallback?.callIndex} on; the rest is full compute.`,
    ),
  ];
}

function describeRounds(runs: readonly RunEntry[]): string {
  const rounds = runs[0]?.wallMs.length ?? 0;
  return rounds > 1
    ? `Mean of ${rounds} rounds, with the smallest and the largest ratio within a round.`
    : `Measured once: the times are this machine's on this day.`;
}

/** The demo model computes a layer in a few milliseconds, so that carrying its tensors weighs more than in a large one. */
function describeOverhead(runs: readonly RunEntry[]): string {
  const [direct, full] = [DIRECT_LABEL, FULL_LABEL].map((label) => {
    const times = runs.find(({ entry }) => entry.label === label)?.wallMs ?? [NaN];
    return `${(spreadOf(times).mean / 1000).toFixed(2)} s`;
  });
  return (
    `Full compute takes ${full} through the sidecar and ${direct} without: the difference is what carrying every ` +
    `layer's tensors between processes costs here.`
  );
}

/** The content of results.json: everything but pictures. */
export function resultsJson(findings: Findings): object {
  const { job, results, machine, runs } = findings;
  return {
    count: job.labels.length,
    seed: job.seed,
    steps: job.steps,
    guidance: job.guidance,
    granularity: job.granularity,
    transfer: job.transfer,
    rounds: runs[0]?.wallMs.length ?? 0,
    bitIdenticalToDirect: isBitIdentical(runs),
    results,
    notes: notesOf(findings),
    machine: Object.fromEntries(machine.map(({ name, value }) => [name, value])),
  };
}

function reportOf(findings: Findings, png: Uint8Array): Report {
  const { job, runs, results, machine } = findings;
  return {
    title: 'forecache quickstart',
    summary: [
      `The demo model made the same ${job.labels.length} images under every policy: ${job.steps} Euler steps, ` +
        `guidance ${job.guidance}, every layer's feature call answered by the sidecar.`,
      describeBits(runs),
    ],
    results,
    sheet: { png, caption: 'One row a policy, one column a seed.' },
    notes: notesOf(findings),
    facts: [
      { name: 'seeds', value: `${job.seed} to ${job.seed + job.labels.length - 1}` },
      {
        name: 'tensors',
        value: job.transfer === 'shared' ? 'in shared memory' : 'inside messages',
      },
      ...machine,
    ],
  };
}

function drawSheet({ runs, job, classNames, isFullSheet }: Findings): Uint8Array {
  const columns = isFullSheet ? job.labels.length : Math.min(job.labels.length, SHEET_COLUMNS);
  const rows = runs.map(({ entry, generated }) => ({
    label: entry.label,
    images: generated.images.slice(0, columns),
  }));
  const columnLabels = job.labels.slice(0, columns).map((label) => classNames[label] ?? '');
  return encodePng(contactSheet(rows, { columnLabels, scale: 4, textScale: 2 }));
}

function bytesOf(numbers: Float32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
