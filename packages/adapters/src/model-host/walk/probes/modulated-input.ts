import { branchShiftScale } from '../modulation.js';
import type { Modulation } from '../modulation.js';

/** LayerNorm's epsilon in the adaLN-zero transformers of DiT's family. */
const EPSILON = 1e-6;

/**
 * The first block's modulated input, TeaCache's M: LayerNorm without weights over the width, times (1 + scale), plus
 * shift, with the rows of the first attention. `hidden` and the result are [batch, tokens, width]; sums in float64.
 */
export function modulatedInput(hidden: Float32Array, modulation: Modulation): Float32Array {
  const { layout, batch } = modulation;
  const { tokens, width } = layout;
  const [site] = layout.branches;
  const result = new Float32Array(hidden.length);
  if (site === undefined) return result;
  const { shift, scale } = branchShiftScale(modulation, site);
  for (let row = 0; row < batch * tokens; row++) {
    const start = row * width;
    const column = Math.floor(row / tokens) * width;
    const { mean, spread } = momentsOf(hidden, start, width);
    for (let i = 0; i < width; i++) {
      const normal = ((hidden[start + i] as number) - mean) / spread;
      result[start + i] =
        normal * (1 + (scale[column + i] as number)) + (shift[column + i] as number);
    }
  }
  return result;
}

/** Mean and sqrt(variance + epsilon) of one token. */
function momentsOf(values: Float32Array, start: number, width: number) {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += values[start + i] as number;
  const mean = sum / width;
  let squares = 0;
  for (let i = 0; i < width; i++) squares += ((values[start + i] as number) - mean) ** 2;
  return { mean, spread: Math.sqrt(squares / width + EPSILON) };
}
