import type { CallPosition } from './call-position.js';
import type { GrowthRule } from './forecast-rule.js';

/** A linear form in the features: one number per history entry, oldest first. */
export type Functional = readonly number[];

/** What the ladder is built from. */
export interface LadderOptions {
  /** Oldest first, at least one. */
  readonly entries: readonly CallPosition[];
  readonly growth: GrowthRule;
  /** >= 1; used by the official growth rule. */
  readonly warmup: number;
}

/**
 * D_0 .. D_m of the authors' recursion: at every full call D_0 = F and D_{i+1} = (D_i - D_i of the call
 * before) / g with g the gap between the two calls, the same for every order. The order grows by at most
 * one per full call, and under the official growth rule only at calls whose index is >= warmup - 1.
 *
 * Source: TaylorSeer's released `taylor_utils`, shared by HiCache.
 */
export function differenceLadder({ entries, growth, warmup }: LadderOptions): Functional[] {
  const growsFrom = growth === 'eager' ? 0 : warmup - 1;
  let ladder: Functional[] = [];
  let before: CallPosition | null = null;
  for (const [index, entry] of entries.entries()) {
    const feature = entries.map((_, j) => (j === index ? 1 : 0));
    const canGrow = before !== null && entry.call >= growsFrom;
    ladder = climb(feature, canGrow ? ladder : [], entry.position - (before?.position ?? 0));
    before = entry;
  }
  return ladder;
}

/** Weights, newest first, of the sum of coefficients[i] * D_i. */
export function sumLadder(
  ladder: readonly Functional[],
  coefficients: readonly number[],
): number[] {
  const sum = new Array<number>(ladder[0]?.length ?? 0).fill(0);
  for (const [i, level] of ladder.entries()) {
    for (const [j, weight] of level.entries()) {
      sum[j] = (sum[j] ?? 0) + (coefficients[i] ?? 0) * weight;
    }
  }
  return sum.reverse().slice(0, ladder.length);
}

function climb(feature: Functional, older: readonly Functional[], gap: number): Functional[] {
  const ladder = [feature];
  let level = feature;
  for (const old of older) {
    level = level.map((weight, j) => (weight - (old[j] ?? 0)) / gap);
    ladder.push(level);
  }
  return ladder;
}
