import { ForecastError } from './forecast-error.js';
import { KERNEL_MODULE_BASE64 } from './kernel-binary.js';
import {
  webAssembly,
  type WasmMemory,
  type WasmModule,
  type WebAssemblyApi,
} from './web-assembly.js';

/** The compiled kernels of this package, not yet tied to a memory. */
export interface SimdKernels {
  readonly api: WebAssemblyApi;
  readonly module: WasmModule;
}

declare function atob(base64: string): string;

let compiled: WasmModule | null = null;

/**
 * The kernels, or null for plain JavaScript. `useSimd`: false forces null; by default null is the answer where
 * WebAssembly or its SIMD instructions are missing, and with true that fails.
 */
export function simdKernels(useSimd?: boolean): SimdKernels | null {
  const api = useSimd === false ? null : webAssembly();
  const module = compileKernels(api);
  if (api !== null && module !== null) return { api, module };
  if (useSimd !== true) return null;
  const message = 'useSimd is true, but WebAssembly SIMD is missing here';
  throw new ForecastError('unimplemented', message);
}

/** What the kernels export, working on this memory. */
export function linkKernels(
  { api, module }: SimdKernels,
  memory: WasmMemory,
): Readonly<Record<string, unknown>> {
  return new api.Instance(module, { core: { memory } }).exports;
}

/** Compiled once: all memories share the code that the engine has optimised by then. */
function compileKernels(api: WebAssemblyApi | null): WasmModule | null {
  if (api === null) return null;
  compiled ??= compileModule(api);
  return compiled;
}

function compileModule(api: WebAssemblyApi): WasmModule | null {
  const binary = Uint8Array.from(atob(KERNEL_MODULE_BASE64), (char) => char.charCodeAt(0));
  return api.validate(binary) ? new api.Module(binary) : null;
}
