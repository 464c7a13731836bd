/** Tokens of every sample of a batch, as many of each. */
export interface ChosenTokens {
  /** Tokens of a sample. */
  readonly count: number;
  /** [batch, count]: token numbers within their sample, rising. */
  readonly indices: Int32Array;
}

/** Sizes of a sample's feature: [tokens, width]. */
export interface TokenSizes {
  readonly tokens: number;
  readonly width: number;
}

/** Where the chosen tokens are when the tokens of all samples are one list: sample * tokens + token. */
export function rowNumbers(chosen: ChosenTokens, tokens: number): Int32Array {
  const { count, indices } = chosen;
  return indices.map((token, at) => Math.floor(at / count) * tokens + token);
}

/** Every token of every sample. */
export function allTokens(batch: number, tokens: number): ChosenTokens {
  return {
    count: tokens,
    indices: Int32Array.from({ length: batch * tokens }, (_, i) => i % tokens),
  };
}

/** The rows of the chosen tokens: [batch, count, width]. */
export function gatherRows(
  feature: Float32Array,
  chosen: ChosenTokens,
  { tokens, width }: TokenSizes,
): Float32Array {
  const { count, indices } = chosen;
  const rows = new Float32Array(indices.length * width);
  for (let at = 0; at < indices.length; at++) {
    const row = Math.floor(at / count) * tokens + (indices[at] as number);
    rows.set(feature.subarray(row * width, (row + 1) * width), at * width);
  }
  return rows;
}

/** Puts rows [batch, count, width] to their tokens of `feature`, in place. Allocates nothing but views. */
export function scatterRows(
  feature: Float32Array,
  rows: Float32Array,
  to: { readonly chosen: ChosenTokens; readonly sizes: TokenSizes },
): void {
  const { count, indices } = to.chosen;
  const { tokens, width } = to.sizes;
  for (let at = 0; at < indices.length; at++) {
    const row = Math.floor(at / count) * tokens + (indices[at] as number);
    feature.set(rows.subarray(at * width, (at + 1) * width), row * width);
  }
}
