import {
  classAccuracy,
  frechetDistance,
  gaussianStatistics,
  psnr,
  spreadOf,
  ssim,
  type Gaussian,
  type Image,
  type PolicyResult,
} from '@forecache/evaluation';
import type { Classifier } from '../evaluation-model/classifier.js';
import { featuresOf } from '../generation/run-record.js';
import { DIRECT_LABEL, FULL_LABEL } from './lineup.js';
import type { RunEntry } from './run-lineup.js';

/** Fewer images than this say nothing about a distribution of 64 features. */
export const LEAST_FOR_FRECHET = 500;

/** What judges the images. */
export interface Judges {
  readonly classifier: Classifier;
  /** The data set's features. */
  readonly reference: Gaussian;
  /** Class that every image was asked to show. */
  readonly labels: readonly number[];
}

/** Measures every row against the full-compute row of the same seeds. */
export async function judgeLineup(
  runs: readonly RunEntry[],
  judges: Judges,
): Promise<PolicyResult[]> {
  const labelled = (label: string) => runs.find(({ entry }) => entry.label === label);
  const results: PolicyResult[] = [];
  for (const run of runs) {
    const full = labelled(FULL_LABEL) ?? run;
    const baseline = run.entry.mode === 'plan' ? (labelled(DIRECT_LABEL) ?? full) : full;
    results.push(await judge(run, { full, baseline }, judges));
  }
  return results;
}

/** What a row is compared with. */
interface Comparison {
  /** Whose images are the reference. */
  readonly full: RunEntry;
  /** Whose wall time is 1: full compute that carries tensors as this row does. */
  readonly baseline: RunEntry;
}

async function judge(
  run: RunEntry,
  { full, baseline }: Comparison,
  judges: Judges,
): Promise<PolicyResult> {
  const { entry, generated } = run;
  const features = featuresOf(generated.statistics);
  const { logits, features: seen } = await judges.classifier.judge(generated.images);
  const isMeasurable = generated.images.length >= LEAST_FOR_FRECHET;
  return {
    label: entry.label,
    policy: generated.policy,
    // The line-up has no policy that computes parts of a call, and the timeline no colour for them.
    actions: generated.actions.filter((kind) => kind !== 'partial'),
    forwarded: entry.mode === 'local' ? null : (features?.forwarded ?? null),
    forecast: entry.mode === 'local' ? null : (features?.forecast ?? null),
    wallMs: spreadOf(run.wallMs).mean,
    speedup: spreadOf(run.wallMs.map((ms, round) => (baseline.wallMs[round] ?? NaN) / ms)),
    psnr: run === full ? null : spreadOf(pairs(generated.images, full.generated.images, decibels)),
    ssim: run === full ? null : spreadOf(pairs(generated.images, full.generated.images, ssim)),
    classAccuracy: classAccuracy(logits, judges.labels),
    frechet: isMeasurable ? frechetDistance(gaussianStatistics(seen), judges.reference) : null,
  };
}

function pairs(
  images: readonly Image[],
  references: readonly Image[],
  measure: (image: Image, reference: Image) => number,
): number[] {
  return images.map((image, i) => measure(image, references[i] ?? image));
}

/** Pictures are clipped to [0, 1], as they are looked at. */
function decibels(image: Image, reference: Image): number {
  return psnr(image.pixels, reference.pixels, { peak: 1 });
}
