import * as fs from 'node:fs';

/**
 * The file operations that shared memory needs, as `node:fs` has them. A parameter so that a full tmpfs can
 * be tested. Positioned reads and writes, never mmap: a peer that truncates a mapped file would kill this
 * process with SIGBUS, whereas a short read is an error that can be answered.
 */
export interface SharedFileSystem {
  accessSync(path: string, mode: number): void;
  closeSync(descriptor: number): void;
  fstatSync(descriptor: number): { readonly size: number; isFile(): boolean };
  lstatSync(path: string): { readonly uid: number; isDirectory(): boolean };
  mkdirSync(path: string, options: { readonly mode: number }): unknown;
  openSync(path: string, flags: number, mode?: number): number;
  readFileSync(path: string, encoding: 'utf8'): string;
  readSync(descriptor: number, target: Uint8Array, ...range: FileRange): number;
  readdirSync(path: string): readonly string[];
  rmSync(path: string, options: { readonly recursive?: boolean; readonly force: boolean }): void;
  unlinkSync(path: string): void;
  writeFileSync(path: string, text: string, options: { readonly mode: number; flag: string }): void;
  writeSync(descriptor: number, bytes: Uint8Array, ...range: FileRange): number;
}

/** First byte and number of bytes in memory, and the position in the file. */
export type FileRange = readonly [offset: number, length: number, position: number];

/** `node:fs` itself. */
export const nodeFileSystem: SharedFileSystem = fs;

/** The `code` of a failed system call (`ENOSPC`), or '' for anything else. */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
