import { bytesPerElement } from './dtype.js';
import { KERNEL_BLOCK_ELEMENTS, KERNEL_HEADER } from './kernel-binary.js';
import { linkKernels, type SimdKernels } from './simd-kernels.js';
import type { WasmMemory } from './web-assembly.js';
import { weightedSumPlain } from './weighted-sum-plain.js';
import type { SumOverMemory, WeightedSum } from './weighted-sum.js';

/** Does whole blocks from the header's pointers on and returns the number of elements done. */
type Kernel = (elementCount: number) => number;

/** Longest stretch done in plain JavaScript before the kernel is tried again. */
const MAX_CAREFUL_ELEMENTS = 1024;

/** Bytes at the start of a memory that belong to the kernels. */
export const KERNEL_HEADER_BYTES = KERNEL_HEADER.byteLength;

/**
 * The weighted sum by WebAssembly SIMD128. What a kernel leaves over (the tail, and blocks with values
 * that need care, such as a float16 Infinity) is done in plain JavaScript, block by block.
 */
export function linkWeightedSum(kernels: SimdKernels, memory: WasmMemory): WeightedSum {
  const exports = linkKernels(kernels, memory);
  return (buffer, sum) => {
    const kernel = exports[`${sum.dtype}x${sum.sourceOffsets.length}`] as Kernel;
    new Float32Array(buffer, KERNEL_HEADER.weights, sum.weights.length).set(sum.weights);
    let done = 0;
    let careful = KERNEL_BLOCK_ELEMENTS;
    while (done < sum.elementCount) {
      writePointers(buffer, sum, done);
      const fast = kernel(sum.elementCount - done);
      done += fast;
      // Where one value needs care the next often does: longer stretches spare the way in and out.
      careful = fast > 0 ? KERNEL_BLOCK_ELEMENTS : Math.min(2 * careful, MAX_CAREFUL_ELEMENTS);
      const byHand = Math.min(careful, sum.elementCount - done);
      if (byHand > 0) weightedSumPlain(buffer, sliceOf(sum, done, byHand));
      done += byHand;
    }
  };
}

function writePointers(buffer: ArrayBuffer, sum: SumOverMemory, done: number): void {
  const bytes = done * bytesPerElement(sum.dtype);
  const pointers = new Uint32Array(buffer, KERNEL_HEADER.sources, sum.sourceOffsets.length);
  sum.sourceOffsets.forEach((offset, j) => (pointers[j] = offset + bytes));
  new Uint32Array(buffer, KERNEL_HEADER.target, 1)[0] = sum.targetOffset + bytes;
}

function sliceOf(sum: SumOverMemory, first: number, elementCount: number): SumOverMemory {
  const bytes = first * bytesPerElement(sum.dtype);
  return {
    ...sum,
    sourceOffsets: sum.sourceOffsets.map((offset) => offset + bytes),
    targetOffset: sum.targetOffset + bytes,
    elementCount,
  };
}
