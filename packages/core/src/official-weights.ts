import type { CallPosition } from './call-position.js';

/** A difference as numbers per history entry, oldest first. */
type Functional = readonly number[];

/**
 * Weights of the authors' recursion, newest first: at every full call D_0 = F and
 * D_{i+1} = (D_i - D_i of the call before) / g with g the gap between the two calls, the same for every
 * order; then the forecast is the sum of D_i x^i / i! at x = at - newest position. The order grows by at
 * most one per full call, and only at calls whose index is >= growsFrom.
 *
 * Source: TaylorSeer's released `taylor_utils`; eq. (10) is its equally spaced case, with the sign of a
 * gap carried by the direction of the positions. Backward differences in a Taylor polynomial are not the
 * interpolating polynomial: at gap N the forecast of s^2 at order >= 2 is off by -N x. That is the method.
 */
export function officialWeights(
  entries: readonly CallPosition[],
  at: number,
  growsFrom: number,
): number[] {
  let ladder: Functional[] = [];
  let before: CallPosition | null = null;
  for (const [index, entry] of entries.entries()) {
    const feature = entries.map((_, j) => (j === index ? 1 : 0));
    const canGrow = before !== null && entry.call >= growsFrom;
    ladder = climb(feature, canGrow ? ladder : [], entry.position - (before?.position ?? 0));
    before = entry;
  }
  const weights = taylorSum(ladder, at - (before?.position ?? 0));
  return weights.reverse().slice(0, ladder.length);
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

function taylorSum(ladder: readonly Functional[], x: number): number[] {
  let factor = 1;
  const sum = new Array<number>(ladder[0]?.length ?? 0).fill(0);
  for (const [i, level] of ladder.entries()) {
    if (i > 0) factor *= x / i;
    for (const [j, weight] of level.entries()) sum[j] = (sum[j] ?? 0) + factor * weight;
  }
  return sum;
}
