import { formatNumber } from './format-number.js';

/** What a call of the network did. */
export type CallAction = 'full' | 'partial' | 'forecast' | 'reuse';

/** Calls of the network in one run, by what they did. Means over images where runs differ. */
export interface CallCounts {
  readonly full: number;
  /** A part of the call computed, the rest taken from a cache. */
  readonly partial: number;
  /** Forecast or reused. */
  readonly forecast: number;
}

/** Calls of each kind. */
export function countCalls(actions: readonly CallAction[]): CallCounts {
  const full = actions.filter((action) => action === 'full').length;
  const partial = actions.filter((action) => action === 'partial').length;
  return { full, partial, forecast: actions.length - full - partial };
}

/** `11 / 0 / 39`: full, partial, forecast; with one decimal where runs of one row differ. */
export function formatCalls({ full, partial, forecast }: CallCounts): string {
  const counts = [full, partial, forecast];
  const decimals = counts.every(Number.isInteger) ? 0 : 1;
  return counts.map((count) => formatNumber(count, decimals)).join(' / ');
}
