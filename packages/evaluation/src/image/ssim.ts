import { invalidArgument } from '@forecache/core';
import { assertImage, assertSameSize, type Image } from './image.js';

/** Edge of the window; smaller images are rejected. */
export const SSIM_WINDOW = 11;
const SIGMA = 1.5;
const K1 = 0.01;
const K2 = 0.03;

/** Options of `ssim`. */
export interface SsimOptions {
  /** L of the paper: largest minus smallest value a pixel can take. Default 1, for images in [0, 1]. */
  readonly dataRange?: number;
}

/**
 * Mean structural similarity (Wang et al. 2004, eq. 13): Gaussian window of 11 x 11 with σ = 1.5, K1 = 0.01,
 * K2 = 0.03. Only windows that lie inside the image count (`valid`, as in the authors' program), so no border
 * is invented; colour images give the mean over channels. Identical images give 1.
 */
export function ssim(a: Image, b: Image, { dataRange = 1 }: SsimOptions = {}): number {
  assertImage('a', a);
  assertImage('b', b);
  assertSameSize(a, b);
  if (!Number.isFinite(dataRange) || dataRange <= 0) {
    throw invalidArgument('dataRange', 'a number > 0', dataRange);
  }
  for (const edge of ['width', 'height'] as const) {
    if (a[edge] < SSIM_WINDOW) throw invalidArgument(`a.${edge}`, `>= ${SSIM_WINDOW}`, a[edge]);
  }
  let sum = 0;
  for (let channel = 0; channel < a.channels; channel++) {
    sum += meanSimilarity(plane(a, channel), plane(b, channel), dataRange);
  }
  return sum / a.channels;
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

function meanSimilarity(a: Plane, b: Plane, dataRange: number): number {
  const c1 = (K1 * dataRange) ** 2;
  const c2 = (K2 * dataRange) ** 2;
  const meanA = blurred(a);
  const meanB = blurred(b);
  const squareA = blurred(product(a, a));
  const squareB = blurred(product(b, b));
  const cross = blurred(product(a, b));
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const muA = meanA[i] ?? NaN;
    const muB = meanB[i] ?? NaN;
    const varianceA = (squareA[i] ?? NaN) - muA * muA;
    const varianceB = (squareB[i] ?? NaN) - muB * muB;
    const covariance = (cross[i] ?? NaN) - muA * muB;
    const luminance = (2 * muA * muB + c1) / (muA * muA + muB * muB + c1);
    sum += (luminance * (2 * covariance + c2)) / (varianceA + varianceB + c2);
  }
  return sum / meanA.length;
}

function plane(image: Image, channel: number): Plane {
  const values = new Float64Array(image.width * image.height);
  for (let i = 0; i < values.length; i++) {
    values[i] = image.pixels[i * image.channels + channel] ?? NaN;
  }
  return { width: image.width, height: image.height, values };
}

function product(a: Plane, b: Plane): Plane {
  const values = new Float64Array(a.values.length);
  for (let i = 0; i < values.length; i++) values[i] = (a.values[i] ?? NaN) * (b.values[i] ?? NaN);
  return { ...a, values };
}

/** The window's weighted mean at every place where it fits: rows first, then columns. */
function blurred(source: Plane): Float64Array {
  return blurColumns(blurRows(source)).values;
}

function blurRows({ width, height, values }: Plane): Plane {
  const shorter = width - SSIM_WINDOW + 1;
  const out = new Float64Array(shorter * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < shorter; x++) {
      let sum = 0;
      for (let k = 0; k < SSIM_WINDOW; k++) {
        sum += (KERNEL[k] ?? 0) * (values[y * width + x + k] ?? NaN);
      }
      out[y * shorter + x] = sum;
    }
  }
  return { width: shorter, height, values: out };
}

function blurColumns({ width, height, values }: Plane): Plane {
  const shorter = height - SSIM_WINDOW + 1;
  const out = new Float64Array(width * shorter);
  for (let y = 0; y < shorter; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < SSIM_WINDOW; k++) {
        sum += (KERNEL[k] ?? 0) * (values[(y + k) * width + x] ?? NaN);
      }
      out[y * width + x] = sum;
    }
  }
  return { width, height: shorter, values: out };
}

/** One axis of the separable window; sums to 1. */
const KERNEL = gaussianKernel();

function gaussianKernel(): Float64Array {
  const half = (SSIM_WINDOW - 1) / 2;
  const kernel = Float64Array.from({ length: SSIM_WINDOW }, (_, i) =>
    Math.exp(-((i - half) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  return kernel.map((value) => value / total);
}
