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
  const { lowest, highest, isEmpty } = finiteRange(values);
  const step = tickStep(isEmpty ? 1 : highest - lowest || Math.abs(highest) || 1);
  const first = isEmpty ? 0 : Math.floor(lowest / step);
  const last = isEmpty ? WANTED_TICKS : Math.max(Math.ceil(highest / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => roundTo(first + i, step));
  const scale = (pixels.to - pixels.from) / (last - first);
  return { ticks, toPixel: (value) => pixels.from + (value / step - first) * scale };
}

const ROUND_FACTORS = [1, 1.5, 2, 3, 5, 7];

/**
 * A logarithmic axis between round numbers around all finite `values`, which must be > 0. Ratios are distances on it,
 * so that one bad row does not squash the others.
 */
export function createLogAxis(values: readonly number[], pixels: PixelRange): Axis {
  const { lowest, highest, isEmpty } = finiteRange(values);
  if (isEmpty || lowest <= 0) return createAxis(values, pixels);
  const decades = Array.from(
    { length: Math.floor(Math.log10(highest)) - Math.floor(Math.log10(lowest)) + 2 },
    (_, i) => Math.floor(Math.log10(lowest)) + i,
  );
  const round = decades.flatMap((power) =>
    ROUND_FACTORS.map((factor) => roundTo(factor, 10 ** power)),
  );
  const first = round.findLastIndex((tick) => tick <= lowest);
  const last = Math.max(
    round.findIndex((tick) => tick >= highest),
    first + 1,
  );
  const ticks = round.slice(first, last + 1);
  const [bottom = 1, top = 10] = [ticks[0], ticks.at(-1)];
  const scale = (pixels.to - pixels.from) / Math.log(top / bottom);
  return { ticks, toPixel: (value) => pixels.from + Math.log(value / bottom) * scale };
}

function finiteRange(values: readonly number[]) {
  const finite = values.filter((value) => Number.isFinite(value));
  return {
    lowest: finite.reduce((least, value) => Math.min(least, value), Infinity),
    highest: finite.reduce((most, value) => Math.max(most, value), -Infinity),
    isEmpty: finite.length === 0,
  };
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
