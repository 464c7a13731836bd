import type { GatedMemory, Gates, HiddenSizes } from './gated-sum-plain.js';
import { createWasmMemory } from './linear-memory.js';
import { linkKernels, type SimdKernels } from './simd-kernels.js';
import { SLOT_ALIGNMENT } from './slot-allocator.js';

/** Adds [tokens, width] elements; the first three are addresses. */
type Kernel = (
  ...operands: [hidden: number, branch: number, gates: number, tokens: number, width: number]
) => void;

/** Of a branch that is copied in at once: small enough to be read from a near cache again. */
const TILE_BYTES = 65536;

/** Where things lie, in bytes: the gates of one sample at 0, a tile of its branch, the hidden state. */
export function layOut({ batch, tokens, width }: HiddenSizes) {
  const rowBytes = 4 * width;
  const tileTokens = Math.min(tokens, Math.max(1, Math.floor(TILE_BYTES / rowBytes)));
  const tileAt = aligned(rowBytes);
  const hiddenAt = tileAt + aligned(tileTokens * rowBytes);
  return { tileTokens, tileAt, hiddenAt, end: hiddenAt + batch * tokens * rowBytes };
}

/**
 * A hidden state in WebAssembly memory. A kernel sees nothing but its memory, so gates and branch are copied in, tile
 * by tile.
 */
export function openGatedMemory(kernels: SimdKernels, sizes: HiddenSizes): GatedMemory {
  const { batch, tokens, width } = sizes;
  const { tileTokens, tileAt, hiddenAt, end } = layOut(sizes);
  const { memory, growTo } = createWasmMemory(kernels.api, end);
  growTo(end);
  const kernel = linkKernels(kernels, memory)['gatedSum'] as Kernel;
  const gateRow = new Float32Array(memory.buffer, 0, width);
  const tile = new Float32Array(memory.buffer, tileAt, tileTokens * width);
  return {
    hidden: new Float32Array(memory.buffer, hiddenAt, batch * tokens * width),
    add(branch: Float32Array, { rows, first, stride }: Gates) {
      for (let sample = 0; sample < batch; sample++) {
        const gateStart = first + sample * stride;
        gateRow.set(rows.subarray(gateStart, gateStart + width));
        for (let token = 0; token < tokens; token += tileTokens) {
          const count = Math.min(tileTokens, tokens - token);
          const start = (sample * tokens + token) * width;
          tile.set(branch.subarray(start, start + count * width));
          kernel(hiddenAt + 4 * start, tileAt, 0, count, width);
        }
      }
    },
  };
}

function aligned(byteLength: number): number {
  return Math.ceil(byteLength / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
}
