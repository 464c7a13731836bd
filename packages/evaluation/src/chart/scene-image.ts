import type { Image } from '../image/image.js';
import { GLYPH_HEIGHT, GLYPH_WIDTH, hasInk, textWidth } from '../sheet/bitmap-font.js';
import {
  cornersOf,
  MARKER_RADIUS,
  RAMP_COLOURS,
  SERIES_COLOURS,
  type Ink,
  type Place,
  type Scene,
  type Shape,
} from './scene.js';

/** Samples along one edge of a pixel: edges look smooth. */
const SAMPLES = 3;

/** Pixels of the drawing that one dot of a glyph takes: about the size of the SVG's letters. */
const GLYPH_SCALE = 1.15;

/** The drawing as a colour picture on white, `scale` image pixels for one of the drawing's. */
export function sceneToImage(scene: Scene, scale: number): Image {
  const [width, height] = [scene.width * scale, scene.height * scale];
  const pixels = new Float32Array(width * height * 3).fill(1);
  const image: Image = { width, height, channels: 3, pixels };
  for (const shape of scene.shapes) {
    const brush = { scale, colour: rgb(shape.ink) };
    for (const area of areasOf(shape)) paint(image, area, brush);
  }
  return image;
}

/** A region of the drawing: a box around it, and which places lie inside. */
interface Area {
  readonly least: Place;
  readonly most: Place;
  contains(x: number, y: number): boolean;
}

/** Mixes a colour into every pixel by the part of it that lies inside the area. */
function paint(
  { width, height, pixels }: Image,
  { least, most, contains }: Area,
  { scale, colour }: { readonly scale: number; readonly colour: readonly number[] },
): void {
  const inside = (value: number, size: number) => Math.min(Math.max(value, 0), size);
  const [left, right] = [
    inside(Math.floor(least.x * scale), width),
    inside(Math.ceil(most.x * scale), width),
  ];
  const [top, bottom] = [
    inside(Math.floor(least.y * scale), height),
    inside(Math.ceil(most.y * scale), height),
  ];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      let hits = 0;
      for (let i = 0; i < SAMPLES * SAMPLES; i++) {
        const x = (column + ((i % SAMPLES) + 0.5) / SAMPLES) / scale;
        const y = (row + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / scale;
        if (contains(x, y)) hits += 1;
      }
      const part = hits / (SAMPLES * SAMPLES);
      for (let channel = 0; channel < 3; channel++) {
        const at = (row * width + column) * 3 + channel;
        pixels[at] = (pixels[at] ?? 1) * (1 - part) + (colour[channel] ?? 0) * part;
      }
    }
  }
}

/** A line is one area a segment, so that the boxes stay small. */
function areasOf(shape: Shape): readonly Area[] {
  if (shape.kind === 'marker') return [markerArea(shape)];
  if (shape.kind === 'text') return [textArea(shape)];
  const { points, width } = shape;
  return points.slice(1).map((to, i) => segmentArea(points[i] ?? to, to, width / 2));
}

function segmentArea(from: Place, to: Place, radius: number): Area {
  return {
    ...boxOf([from, to], radius),
    contains: (x, y) => distance({ x, y }, from, to) <= radius,
  };
}

function markerArea(shape: Extract<Shape, { kind: 'marker' }>): Area {
  const { marker, at, radius = MARKER_RADIUS } = shape;
  const corners = cornersOf(marker)?.map(({ x, y }) => ({
    x: at.x + x * radius,
    y: at.y + y * radius,
  }));
  if (corners !== undefined) {
    return { ...boxOf(corners, 0), contains: (x, y) => isInside({ x, y }, corners) };
  }
  return {
    ...boxOf([at], radius),
    contains: (x, y) => Math.hypot(x - at.x, y - at.y) <= radius,
  };
}

/** Letters of the sheet's bitmap font. Text that points up is the same text, turned. */
function textArea({ content, at, anchor, direction }: Extract<Shape, { kind: 'text' }>): Area {
  const letters = plain(content);
  const length = textWidth(letters) * GLYPH_SCALE;
  const start = { start: 0, middle: -length / 2, end: -length }[anchor];
  const tall = GLYPH_HEIGHT * GLYPH_SCALE;
  const isDot = (along: number, down: number) => {
    const column = Math.floor(along / GLYPH_SCALE);
    const glyph = Math.floor(column / (GLYPH_WIDTH + 1));
    const x = column - glyph * (GLYPH_WIDTH + 1);
    const y = Math.floor(down / GLYPH_SCALE);
    if (x < 0 || x >= GLYPH_WIDTH || y < 0 || y >= GLYPH_HEIGHT) return false;
    const letter = letters[glyph];
    return letter !== undefined && hasInk(letter, x, y);
  };
  if (direction === 'right') {
    const left = at.x + start;
    return {
      least: { x: left, y: at.y - tall },
      most: { x: left + length, y: at.y },
      contains: (x, y) => isDot(x - left, y - at.y + tall),
    };
  }
  const bottom = at.y - start;
  return {
    least: { x: at.x - tall, y: bottom - length },
    most: { x: at.x, y: bottom },
    contains: (x, y) => isDot(bottom - y, x - at.x + tall),
  };
}

/** What the font has letters for: accents and signs become their nearest ASCII. */
function plain(content: string): string {
  return content
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replaceAll('×', 'x')
    .replace(/[–−]/g, '-')
    .replaceAll('’', "'");
}

function boxOf(points: readonly Place[], margin: number): Pick<Area, 'least' | 'most'> {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    least: { x: Math.min(...xs) - margin, y: Math.min(...ys) - margin },
    most: { x: Math.max(...xs) + margin, y: Math.max(...ys) + margin },
  };
}

/** Distance of a place from the line between two others. */
function distance(place: Place, from: Place, to: Place): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((place.x - from.x) * dx + (place.y - from.y) * dy) / square;
  const nearest = Math.min(Math.max(along, 0), 1);
  return Math.hypot(place.x - from.x - nearest * dx, place.y - from.y - nearest * dy);
}

/** Even-odd rule: a ray to the right crosses the outline an odd number of times. */
function isInside({ x, y }: Place, corners: readonly Place[]): boolean {
  let isOdd = false;
  corners.forEach((to, i) => {
    const from = corners.at(i - 1) ?? to;
    if (from.y > y === to.y > y) return;
    if (x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)) isOdd = !isOdd;
  });
  return isOdd;
}

function rgb(ink: Ink): readonly number[] {
  const [, palette, index] = /^(series|ramp)-(\d+)$/.exec(ink) ?? [];
  const colours = palette === 'ramp' ? RAMP_COLOURS : SERIES_COLOURS;
  const colour = index === undefined ? PLAIN_INKS[ink] : colours[Number(index)];
  return (colour ?? PLAIN_INKS['ink'] ?? []).map((value) => value / 255);
}

/** The SVG's light colours. */
const PLAIN_INKS: Readonly<Record<string, readonly number[]>> = Object.freeze({
  ink: [27, 31, 36],
  quiet: [87, 96, 106],
  grid: [208, 215, 222],
});
