import { invalidArgument } from '@forecache/core';

/** Index of the largest value; the first of equals. */
export function indexOfLargest(values: ArrayLike<number>): number {
  if (values.length === 0) throw invalidArgument('values.length', '>= 1', 0);
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] ?? -Infinity) > (values[best] ?? -Infinity)) best = i;
  }
  return best;
}

/** Part of the samples, 0 to 1, whose largest logit is at their label. */
export function classAccuracy(
  logits: readonly ArrayLike<number>[],
  labels: readonly number[],
): number {
  if (logits.length === 0) throw invalidArgument('logits.length', '>= 1', 0);
  if (logits.length !== labels.length) {
    throw invalidArgument('labels.length', `logits.length = ${logits.length}`, labels.length);
  }
  const right = logits.filter((row, i) => indexOfLargest(row) === labels[i]);
  return right.length / logits.length;
}
