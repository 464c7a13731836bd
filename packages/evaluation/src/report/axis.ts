/** Maps values to pixels, with round numbers to label it. */
export interface Axis {
  readonly ticks: readonly number[];
  toPixel(value: number): number;
}

/** Pixel range of an axis; `to` may be smaller than `from`. */
export interface PixelRange {
  readonly from: number;
  readonly to: number;
}

const ROUND_STEPS = [1, 2, 5, 10];
const WANTED_TICKS = 6;

/** A linear axis whose ends are round numbers around all finite `values`; 0 to 1 when there are none. */
export function createAxis(values: readonly number[], pixels: PixelRange): Axis {
  const finite = values.filter((value) => Number.isFinite(value));
  const lowest = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const isEmpty = finite.length === 0;
  const step = tickStep(isEmpty ? 1 : highest - lowest || Math.abs(highest) || 1);
  const first = isEmpty ? 0 : Math.floor(lowest / step);
  const last = isEmpty ? WANTED_TICKS : Math.max(Math.ceil(highest / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => roundTo(first + i, step));
  const scale = (pixels.to - pixels.from) / (last - first);
  return { ticks, toPixel: (value) => pixels.from + (value / step - first) * scale };
}

function tickStep(range: number): number {
  const raw = range / WANTED_TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * (ROUND_STEPS.find((round) => round * power >= raw) ?? 10);
}

/** index · step without the digits that binary fractions add. */
function roundTo(index: number, step: number): number {
  return Number((index * step).toPrecision(12));
}
