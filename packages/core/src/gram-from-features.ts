import { invalidArgument } from './forecast-error.js';

/** Elements taken at a time: nine blocks of this many float32 fit in a first-level cache. */
const BLOCK_LENGTH = 512;

/**
 * Inner products of features: result[i][j] = the sum of features[i][k] * features[j][k], symmetric, added
 * in float64. Reads memory once, block by block, and allocates only the result.
 */
export function gramFromFeatures(features: readonly Float32Array[]): number[][] {
  const length = features[0]?.length ?? 0;
  const odd = features.findIndex((feature) => feature.length !== length);
  if (odd >= 0) {
    const rule = `as long as the first feature (${length})`;
    throw invalidArgument(`features[${odd}].length`, rule, features[odd]?.length);
  }
  const gram = features.map(() => new Array<number>(features.length).fill(0));
  for (let start = 0; start < length; start += BLOCK_LENGTH) {
    addBlock(gram, features, { start, end: Math.min(start + BLOCK_LENGTH, length) });
  }
  gram.forEach((row, i) => {
    for (let j = 0; j < i; j++) row[j] = gram[j]?.[i] ?? NaN;
  });
  return gram;
}

interface Block {
  readonly start: number;
  readonly end: number;
}

/** Adds one block to the upper triangle. */
function addBlock(gram: number[][], features: readonly Float32Array[], block: Block): void {
  for (let i = 0; i < features.length; i++) {
    const row = gram[i] as number[];
    for (let j = i; j < features.length; j++) {
      const product = dotBlock(features[i] as Float32Array, features[j] as Float32Array, block);
      row[j] = (row[j] as number) + product;
    }
  }
}

/** Two running sums, because each waits for its last addition. */
function dotBlock(left: Float32Array, right: Float32Array, { start, end }: Block): number {
  let even = 0;
  let odd = 0;
  let k = start;
  for (; k + 1 < end; k += 2) {
    even += (left[k] as number) * (right[k] as number);
    odd += (left[k + 1] as number) * (right[k + 1] as number);
  }
  if (k < end) even += (left[k] as number) * (right[k] as number);
  return even + odd;
}
