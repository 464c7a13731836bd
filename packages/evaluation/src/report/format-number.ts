import type { Spread } from '../statistics/spread.js';

/** What a missing number looks like. */
export const NOT_MEASURED = '–';

/** A number with fixed decimals; `∞` for infinity, a dash for null and NaN. */
export function formatNumber(value: number | null, decimals: number): string {
  if (value === null || Number.isNaN(value)) return NOT_MEASURED;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  return value.toFixed(decimals);
}

/** `31.25 ± 1.20`, or only the mean where nothing spreads. */
export function formatSpread(spread: Spread | null, decimals: number): string {
  if (spread === null) return NOT_MEASURED;
  const mean = formatNumber(spread.mean, decimals);
  return spread.deviation > 0 ? `${mean} ± ${formatNumber(spread.deviation, decimals)}` : mean;
}

/** `3.27×`, or `3.27× (3.10–3.41)` with the smallest and the largest of several rounds. */
export function formatSpeedup(spread: Spread | null): string {
  if (spread === null) return NOT_MEASURED;
  const [mean, least, most] = [spread.mean, spread.smallest, spread.largest].map((value) =>
    formatNumber(value, 2),
  );
  return spread.count > 1 ? `${mean}× (${least}–${most})` : `${mean}×`;
}

/** A part of 1 as per cent. */
export function formatPercent(part: number | null, decimals: number = 0): string {
  return part === null ? NOT_MEASURED : `${(100 * part).toFixed(decimals)} %`;
}
