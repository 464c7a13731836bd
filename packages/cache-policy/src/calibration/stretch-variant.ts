import { invalidArgument } from '@forecache/core';
import { skippedCalls } from './forecast-schedule.js';
import type { PresetVariant } from './preset.js';

/** From how many calls to how many. */
export interface Stretch {
  readonly fromCalls: number;
  readonly toCalls: number;
}

/**
 * The variant for another number of calls. A full call keeps its place relative to the run's first and last call, rounded,
 * and no two share one; their count stays. A skipped call's weights are those at its relative place between its full calls:
 * on straight lines through the weights there are, where the full call itself has (1, 0, …). Exact for weights that
 * are linear in the position, as those of a line are. Errors are not known there, so they are null.
 */
export function stretchVariant(variant: PresetVariant, stretch: Stretch): PresetVariant {
  const { fromCalls, toCalls } = stretch;
  if (fromCalls === toCalls) return variant;
  const fullCalls = placeFullCalls(variant.fullCalls, stretch);
  const gaps = fullCalls.map((_, gap) => gapLines(variant, gap, fromCalls));
  const weights = skippedCalls(fullCalls, toCalls).map(({ call, stored }) => {
    const lines = gaps[stored - 1] ?? null;
    if (lines === null) return lineThroughNewestTwo(fullCalls, { call, stored });
    const [first, last] = gapEnds(fullCalls, stored - 1, toCalls);
    return lines((call - first) / (last - first));
  });
  return Object.freeze({ fullCalls, weights, relativeError: null, psnr: null });
}

/** Every full call rounded to its relative place, moved as far as it takes to stay apart and inside the run. */
function placeFullCalls(
  fullCalls: readonly number[],
  { fromCalls, toCalls }: Stretch,
): readonly number[] {
  const count = fullCalls.length;
  if (toCalls < count) {
    throw invalidArgument('calls', `at least the preset’s ${count} full calls`, toCalls);
  }
  const scale = fromCalls === 1 ? 0 : (toCalls - 1) / (fromCalls - 1);
  const placed: number[] = [];
  for (const call of fullCalls) {
    placed.push(Math.max(Math.round(call * scale), (placed.at(-1) ?? -1) + 1));
  }
  return placed.map((call, i) => Math.min(call, toCalls - count + i));
}

/** A gap's full call and where relative places in it end: at the next full call, or at the run's last call. */
function gapEnds(
  fullCalls: readonly number[],
  gap: number,
  calls: number,
): readonly [number, number] {
  return [fullCalls[gap] ?? NaN, fullCalls[gap + 1] ?? calls - 1];
}

/** Weights of a gap by relative place; null where the gap has no skipped call. */
function gapLines(
  { fullCalls, weights }: PresetVariant,
  gap: number,
  calls: number,
): ((place: number) => readonly number[]) | null {
  const [first, last] = gapEnds(fullCalls, gap, calls);
  const next = fullCalls[gap + 1] ?? calls;
  const own = weights.slice(first - gap, next - gap - 1);
  if (own.length === 0) return null;
  const features = own.reduce((most, { length }) => Math.max(most, length), 1);
  const knots = [[1], ...own].map((entry, i) => ({
    place: i / (last - first),
    weights: Array.from({ length: features }, (_, j) => entry[j] ?? 0),
  }));
  return (place) => onLines(knots, place);
}

interface Knot {
  readonly place: number;
  readonly weights: readonly number[];
}

/** On the line between the two knots around a place; behind the last one on the line through the last two. */
function onLines(knots: readonly Knot[], place: number): readonly number[] {
  const found = knots.findIndex((knot) => knot.place >= place);
  const right = Math.max(1, found < 0 ? knots.length - 1 : found);
  const [left, end] = [knots[right - 1], knots[right]];
  if (left === undefined || end === undefined) return [];
  const share = (place - left.place) / (end.place - left.place);
  return left.weights.map((weight, j) => weight + share * ((end.weights[j] ?? 0) - weight));
}

/** What a fit leans on where it was never made: the line through the newest two features, or the only one. */
function lineThroughNewestTwo(
  fullCalls: readonly number[],
  { call, stored }: { readonly call: number; readonly stored: number },
): readonly number[] {
  const [newest = NaN, before] = [fullCalls[stored - 1], fullCalls[stored - 2]];
  if (before === undefined) return [1];
  const x = (call - newest) / (newest - before);
  return [1 + x, -x];
}
