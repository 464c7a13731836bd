import { invalidArgument } from '@forecache/core';

/** A picture: row-major, channels interleaved, values nominally in [0, 1]. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** width · height · channels numbers. */
  readonly pixels: Float32Array;
}

/** Largest edge of an image: keeps products of hostile sizes far from 2^53. */
export const MAX_EDGE = 65_535;

/** Throws unless the sizes are sane and agree with the number of pixels. */
export function assertImage(name: string, image: Image): void {
  for (const edge of ['width', 'height'] as const) {
    const size = image[edge];
    if (!Number.isInteger(size) || size < 1 || size > MAX_EDGE) {
      throw invalidArgument(`${name}.${edge}`, `an integer from 1 to ${MAX_EDGE}`, size);
    }
  }
  if (image.channels !== 1 && image.channels !== 3) {
    throw invalidArgument(`${name}.channels`, '1 or 3', image.channels);
  }
  const count = image.width * image.height * image.channels;
  if (image.pixels.length !== count) {
    throw invalidArgument(
      `${name}.pixels.length`,
      `${image.width} x ${image.height} x ${image.channels} = ${count}`,
      image.pixels.length,
    );
  }
}

/** Throws unless both images have one width, height and channel count. */
export function assertSameSize(a: Image, b: Image): void {
  for (const field of ['width', 'height', 'channels'] as const) {
    if (a[field] !== b[field]) {
      throw invalidArgument(`b.${field}`, `a.${field} = ${a[field]}`, b[field]);
    }
  }
}

/** A value in [0, 1] as a byte, rounded to nearest; values outside are clipped, NaN becomes 0. */
export function toByte(value: number): number {
  if (!(value > 0)) return 0;
  return value >= 1 ? 255 : Math.round(value * 255);
}
