/** The part of WebAssembly that core uses, declared here because no DOM or Node types are loaded. */
export interface WebAssemblyApi {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
  }) => WasmMemory;
  readonly Module: new (binary: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  validate(binary: Uint8Array<ArrayBuffer>): boolean;
}

/** A growable linear memory; growing detaches the old buffer. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Compiled code, opaque. */
export type WasmModule = object;

declare const WebAssembly: WebAssemblyApi | undefined;

/** WebAssembly where the host has it, else null. */
export function webAssembly(): WebAssemblyApi | null {
  return typeof WebAssembly === 'undefined' ? null : WebAssembly;
}
