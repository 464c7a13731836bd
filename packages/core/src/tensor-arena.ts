import { invalidArgument } from './forecast-error.js';
import { createPlainMemory, createWasmMemory, type LinearMemory } from './linear-memory.js';
import { simdKernels } from './simd-kernels.js';
import { SlotAllocator, type Slot } from './slot-allocator.js';
import { weightedSumPlain } from './weighted-sum-plain.js';
import { KERNEL_HEADER_BYTES, linkWeightedSum } from './weighted-sum-wasm.js';
import { compileSum, isCount, runSum, type WeightedSumRequest } from './weighted-sum-request.js';
import type { WeightedSum } from './weighted-sum.js';

/** Largest limit of one arena: the address space of WebAssembly less one page. */
export const MAX_ARENA_BYTES = 65535 * 65536;

export interface TensorArenaOptions {
  /** Bytes of slots the arena may grow to; 0 .. MAX_ARENA_BYTES. Nothing is reserved before it is needed. */
  readonly limitBytes: number;
  /** Default: whether the host has WebAssembly SIMD. False forces plain JavaScript; true where it is missing fails. */
  readonly useSimd?: boolean;
}

/** Memory for features, with the sums over them. It grows and never shrinks; freed slots are reused. */
export interface TensorArena {
  /** Whether sums run on WebAssembly SIMD. */
  readonly usesSimd: boolean;
  /** Bytes of live slots, each rounded up to a cache line. */
  readonly bytesHeld: number;
  /** Bytes taken from the host: live slots and room for reuse. */
  readonly bytesReserved: number;
  /** A 64-byte aligned slot; its content is what was there before. Throws `resource-exhausted` over the limit. */
  allocate(byteLength: number): Slot;
  free(slot: Slot): void;
  /** The slot's bytes. Valid until the next `allocate`, which may move or detach the memory. */
  bytes(slot: Slot): Uint8Array<ArrayBuffer>;
  /** Adds newest first in float32 and rounds once to the dtype, nearest even. Allocates no tensor. */
  weightedSum(request: WeightedSumRequest): void;
}

/** Creates an empty arena. */
export function createTensorArena(options: TensorArenaOptions): TensorArena {
  assertLimit(options.limitBytes);
  const { memory, sum, usesSimd } = openMemory(options);
  const slots = new SlotAllocator(KERNEL_HEADER_BYTES, options.limitBytes);
  return {
    usesSimd,
    get bytesHeld() {
      return slots.bytesHeld;
    },
    get bytesReserved() {
      return memory.buffer.byteLength;
    },
    allocate(byteLength) {
      if (!isCount(byteLength)) throw invalidArgument('byteLength', 'an integer >= 0', byteLength);
      return slots.allocate(byteLength, (end) => memory.growTo(end));
    },
    free(slot) {
      slots.free(slot);
    },
    bytes(slot) {
      slots.assertLive(slot);
      return new Uint8Array(memory.buffer, slot.offset, slot.byteLength);
    },
    weightedSum(request) {
      const compiled = compileSum(request);
      [...request.sources, request.target].forEach((slot) => slots.assertLive(slot));
      runSum(memory.buffer, compiled, sum);
    },
  };
}

interface OpenMemory {
  readonly memory: LinearMemory;
  readonly sum: WeightedSum;
  readonly usesSimd: boolean;
}

function openMemory({ limitBytes, useSimd }: TensorArenaOptions): OpenMemory {
  const maximumBytes = KERNEL_HEADER_BYTES + limitBytes;
  const kernels = simdKernels(useSimd);
  if (kernels === null) {
    return { memory: createPlainMemory(maximumBytes), sum: weightedSumPlain, usesSimd: false };
  }
  const memory = createWasmMemory(kernels.api, maximumBytes);
  return { memory, sum: linkWeightedSum(kernels, memory.memory), usesSimd: true };
}

function assertLimit(limitBytes: number): void {
  if (isCount(limitBytes) && limitBytes <= MAX_ARENA_BYTES) return;
  throw invalidArgument('limitBytes', `an integer between 0 and ${MAX_ARENA_BYTES}`, limitBytes);
}
