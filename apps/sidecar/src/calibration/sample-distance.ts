import { psnr } from '@forecache/evaluation';
import type { ImageFormat } from '../sampler/image-range.js';
import { pixelCount, toImages } from '../sampler/image-range.js';

/** How far samples are from those of full compute. */
export interface SampleDistance {
  /** sqrt(Σ ‖x - x*‖² / Σ ‖x*‖²) over all images. */
  readonly relativeError: number;
  /** Mean over images, in dB, of the pictures as they are looked at. */
  readonly psnr: number;
}

/** Compares final samples, image after image. */
export function distanceOf(
  samples: Float32Array,
  full: Float32Array,
  format: ImageFormat,
): SampleDistance {
  let off = 0;
  let whole = 0;
  for (let i = 0; i < full.length; i++) {
    off += ((samples[i] ?? NaN) - (full[i] ?? NaN)) ** 2;
    whole += (full[i] ?? NaN) ** 2;
  }
  const images = full.length / pixelCount(format);
  const others = toImages(full, format);
  const total = toImages(samples, format).reduce(
    (sum, { pixels }, i) => sum + psnr(pixels, others[i]?.pixels ?? [], { peak: 1 }),
    0,
  );
  return { relativeError: Math.sqrt(off / whole), psnr: total / images };
}
