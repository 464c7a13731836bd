import type { Image } from '../image/image.js';
import { GLYPH_HEIGHT, GLYPH_WIDTH, hasInk } from './bitmap-font.js';

/** Where and how large something is drawn. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Canvas pixels for one source pixel, an integer. */
  readonly scale: number;
}

/** A grey or colour picture to draw on. Drawing outside it is clipped. */
export interface Canvas {
  drawImage(image: Image, placement: Placement): void;
  /** One line of text, top left corner at the placement. */
  drawText(text: string, placement: Placement & { readonly ink: number }): void;
  toImage(): Image;
}

/** A canvas filled with `background` (0 black .. 1 white). */
export function createCanvas(
  size: Pick<Image, 'width' | 'height' | 'channels'>,
  background: number,
): Canvas {
  const { width, height, channels } = size;
  const pixels = new Float32Array(width * height * channels).fill(background);

  function fillSquare({ x, y, scale }: Placement, values: ArrayLike<number>): void {
    for (let row = Math.max(y, 0); row < Math.min(y + scale, height); row++) {
      for (let column = Math.max(x, 0); column < Math.min(x + scale, width); column++) {
        const at = (row * width + column) * channels;
        for (let c = 0; c < channels; c++) pixels[at + c] = values[c % values.length] ?? 0;
      }
    }
  }

  function drawImage(image: Image, { x, y, scale }: Placement): void {
    for (let i = 0; i < image.width * image.height; i++) {
      const column = i % image.width;
      const row = (i - column) / image.width;
      const values = image.pixels.subarray(i * image.channels, (i + 1) * image.channels);
      fillSquare({ x: x + column * scale, y: y + row * scale, scale }, values);
    }
  }

  function drawGlyph(character: string, { x, y, scale }: Placement, ink: number): void {
    for (let row = 0; row < GLYPH_HEIGHT; row++) {
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        if (!hasInk(character, column, row)) continue;
        fillSquare({ x: x + column * scale, y: y + row * scale, scale }, [ink]);
      }
    }
  }

  return {
    drawImage,
    drawText(text, { x, y, scale, ink }) {
      [...text].forEach((character, i) => {
        drawGlyph(character, { x: x + i * (GLYPH_WIDTH + 1) * scale, y, scale }, ink);
      });
    },
    toImage: () => ({ width, height, channels, pixels }),
  };
}
