import { invalidArgument } from '@forecache/core';

/**
 * Spearman's ρ: the correlation of ranks, 1 where both lists have the same order. Equal values share the mean of their
 * ranks. NaN where all values of a list are equal.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length)
    throw invalidArgument('b.length', `as many as in a (${a.length})`, b.length);
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length + 1) / 2;
  const product = (xs: readonly number[], ys: readonly number[]) =>
    xs.reduce((sum, x, i) => sum + (x - mean) * ((ys[i] ?? NaN) - mean), 0);
  return product(ranksA, ranksB) / Math.sqrt(product(ranksA, ranksA) * product(ranksB, ranksB));
}

/** 1 for the smallest. */
function ranksOf(values: readonly number[]): number[] {
  if (!values.every(Number.isFinite)) throw invalidArgument('values', 'finite numbers', values);
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
