import { ForecastError } from './forecast-error.js';
import type { WasmMemory, WebAssemblyApi } from './web-assembly.js';

/** One address space that grows. Views of `buffer` are invalid after growing. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  /** Makes the space at least `byteLength` long; content stays. */
  growTo(byteLength: number): void;
}

const PAGE_BYTES = 65536;

/** WebAssembly memory: grows in place, up to 65536 pages. Also returns what kernels are linked with. */
export function createWasmMemory(
  api: WebAssemblyApi,
  maximumBytes: number,
): LinearMemory & { readonly memory: WasmMemory } {
  const memory = openMemory(api, maximumBytes);
  return {
    memory,
    get buffer() {
      return memory.buffer;
    },
    growTo(byteLength) {
      const missing = byteLength - memory.buffer.byteLength;
      if (missing <= 0) return;
      try {
        memory.grow(pagesOf(missing));
      } catch (cause) {
        throw new ForecastError(
          'resource-exhausted',
          `tensor memory cannot grow to ${byteLength} bytes: the machine has no more`,
          { cause },
        );
      }
    },
  };
}

/** A memory reserves address space for all it may ever grow to, of which a process has enough for thousands. */
function openMemory(api: WebAssemblyApi, maximumBytes: number): WasmMemory {
  try {
    return new api.Memory({ initial: 1, maximum: pagesOf(maximumBytes) });
  } catch (cause) {
    throw new ForecastError(
      'resource-exhausted',
      `tensor memory for up to ${maximumBytes} bytes cannot be opened: the process has no address space left`,
      { cause },
    );
  }
}

/** Memory for hosts without WebAssembly SIMD: grows by doubling and copying. */
export function createPlainMemory(maximumBytes: number): LinearMemory {
  let buffer = new ArrayBuffer(PAGE_BYTES);
  return {
    get buffer() {
      return buffer;
    },
    growTo(byteLength) {
      if (byteLength <= buffer.byteLength) return;
      const doubled = Math.min(2 * buffer.byteLength, maximumBytes);
      const larger = new ArrayBuffer(Math.max(byteLength, doubled));
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
    },
  };
}

function pagesOf(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / PAGE_BYTES));
}
