import type { ImageFormat, Output } from '@forecache/sidecar';
import { distanceOf, toImages } from '@forecache/sidecar';
import { psnr, spreadOf } from '@forecache/evaluation';
import { candidatesFor, FAMILIES, type Candidate } from './front-candidates.js';
import { bestOf, PRESET_FAMILY } from './front-choose.js';
import { climbTimes } from './front-climb.js';
import { SCREENING, TEST, TUNING, type ImageSet } from './front-images.js';
import {
  addToRecord,
  readRecord,
  rowsAt,
  type FrontRecord,
  type MeasuredRow,
} from './front-record.js';
import {
  sampleFully,
  sampleMethod,
  samplePreset,
  type FrontStudio,
  type Sampled,
} from './front-sample.js';

/** What a front is measured with. */
export interface FrontRun {
  readonly studio: FrontStudio;
  /** Holds what is known; every new row is added at once. */
  readonly file: string;
  readonly output: Pick<Output, 'note'>;
}

/** Settings of a family that go from the screening images to all tuning images. */
const SHORTLIST = 2;

/** Full compute's samples of every set, made when they are first needed. */
export type References = (set: ImageSet) => Promise<Float32Array>;

/** Remembers what it made. */
export function createReferences(studio: FrontStudio): References {
  const known = new Map<string, Promise<Float32Array>>();
  return (set) => {
    const made = known.get(set.name) ?? sampleFully(studio, set).then(({ samples }) => samples);
    known.set(set.name, made);
    return made;
  };
}

/** Chooses the settings of every method at one number of full calls, and measures them and the preset on unseen images. */
export async function measureFront(
  run: FrontRun,
  references: References,
  fullCalls: number,
): Promise<void> {
  const { studio, file } = run;
  const measure = { ...run, references, fullCalls };
  await measureRow(measure, TEST, {
    family: PRESET_FAMILY,
    label: studio.preset.name,
    sample: () => samplePreset(studio, TEST, fullCalls),
  });
  await climbOnce(run, fullCalls);
  const all = candidatesFor(fullCalls, studio.preset.identity.calls);
  const candidates = promising(all, readRecord(file));
  await measureCandidates(measure, SCREENING, candidates);
  const shortlist = listed(
    candidates,
    rowsAt(readRecord(file), { set: 'screening', fullCalls }),
    SHORTLIST,
  );
  await measureCandidates(measure, TUNING, shortlist);
  const chosen = listed(shortlist, rowsAt(readRecord(file), { set: 'tuning', fullCalls }), 1);
  await measureCandidates(measure, TEST, chosen);
}

/** Full calls at which every setting is screened. */
const FIRST_SCREENED = 12;

/** How far a setting may stay behind the best of its family there to be screened elsewhere, in dB. */
const REACH_DB = 1.5;

/** The settings that are worth a look, once every one has been screened somewhere. */
export function promising(
  candidates: readonly Candidate[],
  record: FrontRecord,
): readonly Candidate[] {
  const screened = rowsAt(record, { set: 'screening', fullCalls: FIRST_SCREENED });
  if (candidates.some(({ label }) => !screened.some((row) => row.label === label)))
    return candidates;
  const best = new Map<string, number>();
  for (const {
    family,
    psnr: { mean },
  } of screened)
    best.set(family, Math.max(best.get(family) ?? -Infinity, mean));
  return candidates.filter(({ family, label }) => {
    const row = screened.find((one) => one.label === label);
    return (row?.psnr.mean ?? NaN) >= (best.get(family) ?? NaN) - REACH_DB;
  });
}

async function climbOnce({ studio, file, output }: FrontRun, fullCalls: number): Promise<void> {
  if (readRecord(file).climbs.some((climb) => climb.fullCalls === fullCalls)) return;
  const climbed = await climbTimes(studio, fullCalls);
  addToRecord(file, { climbs: [climbed] });
  output.note(
    `${fullCalls} calls: climbed times ${climbed.schedule.join()}, ${climbed.psnr.toFixed(2)} dB`,
  );
}

function listed(
  candidates: readonly Candidate[],
  rows: readonly MeasuredRow[],
  most: number,
): readonly Candidate[] {
  const labels = FAMILIES.flatMap((family) => bestOf(rows, family, most)).map(({ label }) => label);
  return candidates.filter(({ label }) => labels.includes(label));
}

interface Measuring extends FrontRun {
  readonly references: References;
  readonly fullCalls: number;
}

async function measureCandidates(
  measuring: Measuring,
  set: ImageSet,
  candidates: readonly Candidate[],
): Promise<void> {
  const { studio, file, fullCalls } = measuring;
  const climbed =
    readRecord(file).climbs.find((climb) => climb.fullCalls === fullCalls)?.schedule ?? null;
  for (const { family, label, method } of candidates) {
    const sample = () => sampleMethod(studio, set, { method, fullCalls, climbed });
    await measureRow(measuring, set, { family, label, sample });
  }
}

/** What makes a row. */
interface RowSource {
  readonly family: string;
  readonly label: string;
  sample(): Promise<Sampled>;
}

/** Does nothing where the row is known. */
async function measureRow(
  { studio, file, output, references, fullCalls }: Measuring,
  set: ImageSet,
  { family, label, sample }: RowSource,
): Promise<void> {
  const known = rowsAt(readRecord(file), { set: set.name, fullCalls });
  if (known.some((row) => row.label === label)) return;
  const full = await references(set);
  const { samples, calls } = await sample();
  const distance = distancesOf(samples, full, studio.manifest.image);
  addToRecord(file, { rows: [{ set: set.name, fullCalls, family, label, calls, ...distance }] });
  output.note(
    `${set.name}, ${fullCalls} full calls: ${label}: ${distance.psnr.mean.toFixed(2)} dB`,
  );
}

/** PSNR image by image, and the relative error of all numbers. */
export function distancesOf(
  samples: Float32Array,
  full: Float32Array,
  format: ImageFormat,
): Pick<MeasuredRow, 'psnr' | 'relativeError'> {
  const others = toImages(full, format);
  const each = toImages(samples, format).map(({ pixels }, i) =>
    psnr(pixels, others[i]?.pixels ?? [], { peak: 1 }),
  );
  const { mean, deviation, smallest } = spreadOf(each);
  const { relativeError } = distanceOf(samples, full, format);
  return {
    psnr: {
      mean: rounded(mean, 4),
      deviation: rounded(deviation, 4),
      smallest: rounded(smallest, 4),
    },
    relativeError: rounded(relativeError, 6),
  };
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
