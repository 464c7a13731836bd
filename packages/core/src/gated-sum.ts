import { ForecastError, invalidArgument } from './forecast-error.js';
import { addGatedPlain, type Gates, type HiddenSizes } from './gated-sum-plain.js';
import { openGatedMemory } from './gated-sum-wasm.js';
import { simdKernels } from './simd-kernels.js';

/** Largest hidden state: the address space of WebAssembly, less room for what is added. */
export const MAX_HIDDEN_BYTES = 65024 * 65536;

export interface GatedSumOptions extends HiddenSizes {
  /** Default: whether the host has WebAssembly SIMD. False forces plain JavaScript; true where it is missing fails. */
  readonly useSimd?: boolean;
}

/** The hidden state of a transformer while its branches are added to it. */
export interface GatedSum {
  /** Whether additions run on WebAssembly SIMD. */
  readonly usesSimd: boolean;
  /**
   * [batch, tokens, width], zeros at first; to be read and written by its owner. The same array as long as the sum
   * lives: its memory has one size and never grows, so that no view of it is ever detached.
   */
  readonly hidden: Float32Array<ArrayBuffer>;
  /**
   * hidden += gate * branch, product and sum rounded to float32 each; `branch` is [batch, tokens, width]. On SIMD and in
   * plain JavaScript the same bits, save for the payload of a NaN. Allocates no tensor.
   */
  add(branch: Float32Array, gates: Gates): void;
}

/** Makes a sum for hidden states of one size. Throws `resource-exhausted` for one that is too large. */
export function createGatedSum({ useSimd, ...sizes }: GatedSumOptions): GatedSum {
  const { batch, tokens, width } = sizes;
  for (const [name, size] of Object.entries({ batch, tokens, width })) {
    if (!Number.isInteger(size) || size < 1) throw invalidArgument(name, 'an integer >= 1', size);
  }
  assertFits(sizes);
  const kernels = simdKernels(useSimd);
  const memory =
    kernels === null ? openPlainMemory(sizes) : openGatedMemory(kernels, { batch, tokens, width });
  return {
    usesSimd: kernels !== null,
    hidden: memory.hidden,
    add(branch, gates) {
      assertTerm(branch, gates, sizes);
      memory.add(branch, gates);
    },
  };
}

/** The state and its addition, nothing checked. */
export type GatedMemory = Pick<GatedSum, 'hidden' | 'add'>;

function openPlainMemory(sizes: HiddenSizes): GatedMemory {
  const hidden = new Float32Array(sizes.batch * sizes.tokens * sizes.width);
  return {
    hidden,
    add: (branch, gates) => addGatedPlain({ hidden, branch, gates, sizes }),
  };
}

function assertFits({ batch, tokens, width }: HiddenSizes): void {
  const byteLength = 4 * batch * tokens * width;
  if (byteLength <= MAX_HIDDEN_BYTES) return;
  throw new ForecastError(
    'resource-exhausted',
    `a hidden state of [${batch}, ${tokens}, ${width}] takes ${byteLength} bytes, limit ${MAX_HIDDEN_BYTES} bytes`,
  );
}

function assertTerm(
  branch: Float32Array,
  { rows, first, stride }: Gates,
  { batch, tokens, width }: HiddenSizes,
): void {
  const elements = batch * tokens * width;
  if (branch.length !== elements) {
    throw invalidArgument('branch.length', `batch * tokens * width (${elements})`, branch.length);
  }
  for (const [name, offset] of Object.entries({ first, stride })) {
    if (!Number.isInteger(offset) || offset < 0)
      throw invalidArgument(name, 'an integer >= 0', offset);
  }
  const end = first + (batch - 1) * stride + width;
  if (end > rows.length) {
    throw invalidArgument(
      'first + (batch - 1) * stride + width',
      `within the rows (${rows.length})`,
      end,
    );
  }
}
