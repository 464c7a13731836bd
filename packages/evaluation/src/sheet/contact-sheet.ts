import { invalidArgument } from '@forecache/core';
import { assertImage, assertSameSize, MAX_EDGE, type Image } from '../image/image.js';
import { GLYPH_HEIGHT, textWidth } from './bitmap-font.js';
import { createCanvas, type Canvas } from './canvas.js';

/** One row of a contact sheet: a policy and its images, seed by seed. */
export interface SheetRow {
  /** Lines of text left of the row, separated by newlines. */
  readonly label: string;
  readonly images: readonly Image[];
}

/** Options of `contactSheet`. */
export interface SheetOptions {
  /** Text above each column. Default none. */
  readonly columnLabels?: readonly string[];
  /** Sheet pixels for one image pixel, nearest neighbour. Default 3. */
  readonly scale?: number;
  /** Sheet pixels for one font pixel. Default 2. */
  readonly textScale?: number;
}

const BACKGROUND = 0.97;
const INK = 0.12;
const MARGIN = 12;
const GAP = 6;
const LINE_GAP = 3;

/**
 * Images in a grid: a row for every policy, a column for every seed, labels drawn in a bitmap font. All images
 * have one size; the sheet has three channels if they have.
 */
export function contactSheet(rows: readonly SheetRow[], options: SheetOptions = {}): Image {
  const layout = layOut(rows, options);
  const { width, height, channels } = layout;
  const canvas = createCanvas({ width, height, channels }, BACKGROUND);
  drawColumnLabels(canvas, layout, options.columnLabels ?? []);
  rows.forEach((row, i) =>
    drawRow(canvas, layout, { row, top: layout.firstTop + i * layout.rowStep }),
  );
  return canvas.toImage();
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly scale: number;
  readonly textScale: number;
  readonly cellHeight: number;
  readonly firstLeft: number;
  readonly firstTop: number;
  readonly columnStep: number;
  readonly rowStep: number;
}

function layOut(rows: readonly SheetRow[], options: SheetOptions): Layout {
  const { columnLabels = [], scale = 3, textScale = 2 } = options;
  assertScale('scale', scale);
  assertScale('textScale', textScale);
  const { first, columns } = assertGrid(rows);
  const lines = rows.flatMap(({ label }) => label.split('\n'));
  const widestLabel = lines.reduce((widest, line) => Math.max(widest, textWidth(line)), 0);
  const widestColumn = columnLabels.reduce((widest, text) => Math.max(widest, textWidth(text)), 0);
  const mostLines = rows.reduce((most, { label }) => Math.max(most, label.split('\n').length), 1);
  const cellHeight = first.height * scale;
  const rowStep = GAP + Math.max(cellHeight, mostLines * lineHeight(textScale));
  const columnStep = GAP + Math.max(first.width * scale, widestColumn * textScale);
  const firstLeft = MARGIN + widestLabel * textScale + MARGIN;
  const firstTop = MARGIN + (columnLabels.length > 0 ? lineHeight(textScale) + GAP : 0);
  const width = firstLeft + columns * columnStep - GAP + MARGIN;
  const height = firstTop + rows.length * rowStep - GAP + MARGIN;
  for (const [name, edge] of Object.entries({ width, height })) {
    if (edge > MAX_EDGE) throw invalidArgument(`sheet ${name}`, `<= ${MAX_EDGE}`, edge);
  }
  const measures = { width, height, cellHeight, firstLeft, firstTop, columnStep, rowStep };
  return { ...measures, channels: first.channels, scale, textScale };
}

function assertScale(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw invalidArgument(name, 'an integer >= 1', value);
}

function assertGrid(rows: readonly SheetRow[]): { first: Image; columns: number } {
  const first = rows[0]?.images[0];
  if (first === undefined)
    throw invalidArgument('rows', 'at least one row with one image', rows.length);
  const columns = rows[0]?.images.length ?? 0;
  rows.forEach(({ images }, i) => {
    if (images.length !== columns) {
      throw invalidArgument(`rows[${i}].images.length`, `${columns} as in rows[0]`, images.length);
    }
    for (const image of images) {
      assertImage(`rows[${i}].images`, image);
      assertSameSize(first, image);
    }
  });
  return { first, columns };
}

function lineHeight(textScale: number): number {
  return (GLYPH_HEIGHT + LINE_GAP) * textScale;
}

function drawColumnLabels(canvas: Canvas, layout: Layout, labels: readonly string[]): void {
  const { firstLeft: left, columnStep, textScale: scale } = layout;
  labels.forEach((label, i) => {
    canvas.drawText(label, { x: left + i * columnStep, y: MARGIN, scale, ink: INK });
  });
}

function drawRow(canvas: Canvas, layout: Layout, place: { row: SheetRow; top: number }): void {
  const { row, top } = place;
  const lines = row.label.split('\n');
  const step = lineHeight(layout.textScale);
  const firstLine = top + Math.max(Math.round((layout.cellHeight - lines.length * step) / 2), 0);
  lines.forEach((line, i) => {
    canvas.drawText(line, {
      x: MARGIN,
      y: firstLine + i * step,
      scale: layout.textScale,
      ink: INK,
    });
  });
  row.images.forEach((image, i) => {
    const x = layout.firstLeft + i * layout.columnStep;
    canvas.drawImage(image, { x, y: top, scale: layout.scale });
  });
}
