/** One row of gates a sample, somewhere in a modulation. */
export interface Gates {
  readonly rows: Float32Array;
  /** Element where the gates of the first sample start. */
  readonly first: number;
  /** Elements from one sample's gates to the next one's; 0 where all share them. */
  readonly stride: number;
}

/** Sizes of a hidden state, [batch, tokens, width]. */
export interface HiddenSizes {
  readonly batch: number;
  readonly tokens: number;
  readonly width: number;
}

/** A hidden state, [batch, tokens, width], and its addition: hidden += gate * branch. Nothing is checked. */
export interface GatedMemory {
  readonly hidden: Float32Array<ArrayBuffer>;
  add(branch: Float32Array, gates: Gates): void;
}

/** A hidden state in an array of its own. */
export function openGatedArray(sizes: HiddenSizes): GatedMemory {
  const hidden = new Float32Array(sizes.batch * sizes.tokens * sizes.width);
  return { hidden, add: (branch, gates) => addGatedPlain({ hidden, branch, gates, sizes }) };
}

/** One addition over arrays: hidden += gate * branch. */
export interface GatedTerm {
  readonly hidden: Float32Array;
  readonly branch: Float32Array;
  readonly gates: Gates;
  readonly sizes: HiddenSizes;
}

/**
 * hidden += gate * branch in plain JavaScript: the fallback, and the reference of the WebAssembly kernel. Product and
 * sum are rounded to float32 each, as a network does it: a double holds both exactly enough to round once. Allocates
 * nothing.
 */
export function addGatedPlain({ hidden, branch, gates, sizes }: GatedTerm): void {
  const { batch, tokens, width } = sizes;
  const { rows, first, stride } = gates;
  for (let sample = 0; sample < batch; sample++) {
    const gateStart = first + sample * stride;
    for (let token = 0; token < tokens; token++) {
      const start = (sample * tokens + token) * width;
      for (let column = 0; column < width; column++) {
        const factor = rows[gateStart + column] as number;
        const product = Math.fround(factor * (branch[start + column] as number));
        hidden[start + column] = (hidden[start + column] as number) + product;
      }
    }
  }
}
