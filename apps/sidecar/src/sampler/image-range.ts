import type { Image } from '@forecache/evaluation';

/** Size and value range of the sampler's images, as the model's manifest gives them. */
export interface ImageFormat {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly range: readonly [number, number];
}

/** Numbers of one image. */
export function pixelCount({ channels, height, width }: ImageFormat): number {
  return channels * height * width;
}

/** Samples of a batch as pictures in [0, 1]: shifted, scaled and clipped, as they are looked at. */
export function toImages(samples: Float32Array, format: ImageFormat): Image[] {
  const size = pixelCount(format);
  return Array.from({ length: samples.length / size }, (_, i) =>
    toImage(samples.subarray(i * size, (i + 1) * size), format),
  );
}

/** Channels come one after the other in a sample and side by side in a picture. */
function toImage(sample: Float32Array, format: ImageFormat): Image {
  const { height, width, range } = format;
  const channels = format.channels === 3 ? 3 : 1;
  const plane = height * width;
  const pixels = new Float32Array(sample.length);
  for (let i = 0; i < sample.length; i++) {
    const value = ((sample[i] ?? NaN) - range[0]) / (range[1] - range[0]);
    pixels[(i % plane) * channels + Math.floor(i / plane)] = Math.min(Math.max(value, 0), 1);
  }
  return { width, height, channels, pixels };
}
