import { decode, encode } from 'fast-png';
import { assertImage, toByte, type Image } from './image.js';

/** The image as an 8-bit PNG; values outside [0, 1] are clipped. */
export function encodePng(image: Image): Uint8Array {
  assertImage('image', image);
  const data = new Uint8Array(image.pixels.length);
  for (let i = 0; i < data.length; i++) data[i] = toByte(image.pixels[i] ?? 0);
  const { width, height, channels } = image;
  return encode({ width, height, channels, depth: 8, data });
}

/** Reads an 8-bit grey or RGB PNG that `encodePng` wrote; values are byte / 255. */
export function decodePng(bytes: Uint8Array): Image {
  const { width, height, channels, data } = decode(bytes);
  const image: Image = {
    width,
    height,
    channels: channels === 3 ? 3 : 1,
    pixels: Float32Array.from(data, (value) => value / 255),
  };
  assertImage('png', image);
  return image;
}
