import { demoModelDirectory, loadReferenceStatistics } from '@forecache/demo-model';
import type { ModelManifest } from '@forecache/demo-model';
import {
  classAccuracy,
  frechetDistance,
  gaussianStatistics,
  psnr,
  spreadOf,
  ssim,
  type Gaussian,
  type Image,
  type Spread,
} from '@forecache/evaluation';
import { createClassifier, type Classifier } from './classifier.js';

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

/** How good a set of images is. */
export interface ImageQuality {
  /** Against the reference images, decibels; null for the reference itself. */
  readonly psnr: Spread | null;
  readonly ssim: Spread | null;
  /** Part of the images, 0 to 1, that the classifier puts into the class that was asked for. */
  readonly classAccuracy: number;
  /** To the data set; null where there are too few images. */
  readonly frechet: number | null;
}

/** Judges images: one by one against `references` of the same seeds, if any, and as a set against the data set. */
export async function judgeImages(
  images: readonly Image[],
  references: readonly Image[] | null,
  judges: Judges,
): Promise<ImageQuality> {
  const { logits, features } = await judges.classifier.judge(images);
  const isMeasurable = images.length >= LEAST_FOR_FRECHET;
  return {
    psnr: references === null ? null : spreadOf(pairs(images, references, decibels)),
    ssim: references === null ? null : spreadOf(pairs(images, references, ssim)),
    classAccuracy: classAccuracy(logits, judges.labels),
    frechet: isMeasurable ? frechetDistance(gaussianStatistics(features), judges.reference) : null,
  };
}

/** Lends judges for as long as `use` takes. */
export type LendJudges = <Result>(
  manifest: ModelManifest,
  labels: readonly number[],
  use: (judges: Judges) => Promise<Result>,
) => Promise<Result>;

/** Lends the judges that ship with a model. */
export const withJudges: LendJudges = async (manifest, labels, use) => {
  const directory = demoModelDirectory();
  const reference = await loadReferenceStatistics(manifest, directory);
  const files = { graph: manifest.classifier, format: manifest.image };
  const classifier = await createClassifier(directory, files);
  try {
    return await use({ classifier, reference, labels });
  } finally {
    await classifier.close();
  }
};

/** Time of full compute over a row's own, round by round: what a busy moment did to both cancels. */
export function speedupOf(fullMs: readonly number[], ownMs: readonly number[]): Spread {
  return spreadOf(ownMs.map((ms, round) => (fullMs[round] ?? NaN) / ms));
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
