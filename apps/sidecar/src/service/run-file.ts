import {
  openSharedFile,
  type SharedDirectory,
  type SharedFile,
  type SharedRegion,
} from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';

/** The shared file of one run, as the sidecar uses it: positioned reads and writes, no mapping. */
export interface RunFile {
  readonly directory: string;
  readonly name: string;
  readonly byteLength: number;
  /** The region's bytes in a fresh buffer. */
  read(region: SharedRegion): Uint8Array;
  readInto(region: SharedRegion, target: Uint8Array): void;
  write(region: SharedRegion, bytes: Uint8Array): void;
  /** Closes and removes the file. */
  remove(): void;
}

/** Creates the file (zeros all over, so that a full tmpfs is an error now) and opens it. */
export async function createRunFile(
  directory: SharedDirectory,
  name: string,
  byteLength: number,
): Promise<RunFile> {
  await directory.create(name, byteLength);
  const file = openOrRemove(directory, name);
  return {
    directory: directory.path,
    name,
    byteLength,
    read(region) {
      const bytes = new Uint8Array(region.byteLength);
      file.read(region, bytes);
      return bytes;
    },
    readInto: (region, target) => file.read(region, target),
    write: (region, bytes) => file.write(region, bytes),
    remove() {
      file.close();
      directory.remove(name);
    },
  };
}

function openOrRemove(directory: SharedDirectory, name: string): SharedFile {
  try {
    return openSharedFile(directory.path, name);
  } catch (error) {
    directory.remove(name);
    throw error;
  }
}

/** Throws unless a region lies inside the run's own file: other runs' files are nobody's business. */
export function assertOwnRegion(name: string, region: SharedRegion, file: RunFile | null): void {
  if (file === null) {
    throw invalidArgument(name, 'inline in a run that was opened with shared_bytes 0', region.name);
  }
  if (region.name !== file.name) {
    throw invalidArgument(`${name}.name`, `the run's ${JSON.stringify(file.name)}`, region.name);
  }
  if (region.offset + region.byteLength > file.byteLength) {
    throw invalidArgument(
      `${name}.offset + byte_length`,
      `<= the file's ${file.byteLength} bytes`,
      region.offset + region.byteLength,
    );
  }
}
