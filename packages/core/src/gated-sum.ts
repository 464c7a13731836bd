import { ForecastError, invalidArgument } from './forecast-error.js';
import { openGatedArray, type Gates, type HiddenSizes } from './gated-sum-plain.js';
import { layOut, openGatedMemory } from './gated-sum-wasm.js';
import { simdKernels } from './simd-kernels.js';
import { MAX_ARENA_BYTES } from './tensor-arena.js';
import { isCount } from './weighted-sum-request.js';

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
  for (const name of ['batch', 'tokens', 'width'] as const) {
    if (isCount(sizes[name]) && sizes[name] > 0) continue;
    throw invalidArgument(name, 'an integer >= 1', sizes[name]);
  }
  assertFits(sizes);
  const kernels = simdKernels(useSimd);
  const memory = kernels === null ? openGatedArray(sizes) : openGatedMemory(kernels, sizes);
  return {
    usesSimd: kernels !== null,
    hidden: memory.hidden,
    add(branch, gates) {
      assertTerm(branch, gates, sizes);
      memory.add(branch, gates);
    },
  };
}

function assertFits(sizes: HiddenSizes): void {
  const { end } = layOut(sizes);
  if (end <= MAX_ARENA_BYTES) return;
  const { batch, tokens, width } = sizes;
  throw new ForecastError(
    'resource-exhausted',
    `a hidden state of [${batch}, ${tokens}, ${width}] needs ${end} bytes, limit ${MAX_ARENA_BYTES} bytes`,
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
    if (!isCount(offset)) throw invalidArgument(name, 'an integer >= 0', offset);
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
