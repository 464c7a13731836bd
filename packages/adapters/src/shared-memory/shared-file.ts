import { constants } from 'node:fs';
import { basename, isAbsolute, join, normalize } from 'node:path';

import { ForecastError, invalidArgument } from '@forecache/core';

import { assertRegionName } from '../tensor/region-name.js';
import type { SharedRegion } from '../tensor/tensor.js';
import { DIRECTORY_NAME } from './directory-owner.js';
import { nodeFileSystem, systemErrorCode } from './file-system.js';
import type { SharedFileSystem } from './file-system.js';

/** The user's side of one shared file: a client's or a model host's. */
export interface SharedFile {
  /**
   * Throws unless the region ends inside the file. Call it before allocating a target. The size is asked once: a
   * file that is cut later is found out by `read`, which then ends early, and by `write`, which asks again.
   */
  assertRegion(region: SharedRegion): void;
  /** Fills `target`, which is `region.byteLength` long, with the region's bytes. */
  read(region: SharedRegion, target: Uint8Array): void;
  /** Writes `bytes`, which are `region.byteLength` long, to the region. */
  write(region: SharedRegion, bytes: Uint8Array): void;
  close(): void;
}

/**
 * Throws unless `path` can be a shared directory: absolute, in normal form, and named as an owner names them.
 * A peer that names `/etc` gets nowhere. The empty string (regions are not used) passes.
 */
export function assertSharedDirectory(name: string, path: string): void {
  if (path === '') return;
  if (isAbsolute(path) && normalize(path) === path && DIRECTORY_NAME.test(basename(path))) return;
  throw invalidArgument(name, 'the absolute path of a directory named forecache-*', path);
}

/** Opens one file of a shared directory for reading and writing. Links and special files are refused. */
export function openSharedFile(
  directory: string,
  name: string,
  files: SharedFileSystem = nodeFileSystem,
): SharedFile {
  assertSharedDirectory('directory', directory);
  assertRegionName('name', name);
  const descriptor = openRegular(directory, name, files);
  let knownSize = 0;
  const assertNow = (region: SharedRegion) => {
    knownSize = files.fstatSync(descriptor).size;
    assertInside(region, knownSize);
  };
  const assertRegion = (region: SharedRegion) => {
    if (region.offset + region.byteLength > knownSize) assertNow(region);
  };
  return {
    assertRegion,
    read(region, target) {
      assertLength(region, target.byteLength);
      assertRegion(region);
      for (let done = 0; done < target.byteLength; ) {
        const position = region.offset + done;
        const count = files.readSync(descriptor, target, done, target.byteLength - done, position);
        if (count === 0) {
          assertNow(region);
          throw endsEarly(region, position);
        }
        done += count;
      }
    },
    write(region, bytes) {
      assertLength(region, bytes.byteLength);
      assertNow(region); // A write to a file that was cut would make it long again, with zeros in the gap.
      for (let done = 0; done < bytes.byteLength; ) {
        const position = region.offset + done;
        done += files.writeSync(descriptor, bytes, done, bytes.byteLength - done, position);
      }
    },
    close: () => files.closeSync(descriptor),
  };
}

function openRegular(directory: string, name: string, files: SharedFileSystem): number {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    if (!files.lstatSync(directory).isDirectory()) throw refused(name, 'its directory is a link');
    const descriptor = files.openSync(join(directory, name), flags);
    if (files.fstatSync(descriptor).isFile()) return descriptor;
    files.closeSync(descriptor);
    throw refused(name, 'it is not a regular file');
  } catch (error) {
    const code = systemErrorCode(error);
    if (error instanceof ForecastError) throw error;
    if (code === 'ENOENT') {
      throw new ForecastError('not-found', `shared memory ${name} does not exist`, {
        cause: error,
      });
    }
    throw refused(name, code, error);
  }
}

function assertLength(region: SharedRegion, length: number): void {
  if (length === region.byteLength) return;
  throw invalidArgument(`region ${region.name}`, `${length} bytes long`, region.byteLength);
}

function assertInside(region: SharedRegion, fileSize: number): void {
  const end = region.offset + region.byteLength;
  if (end > fileSize) {
    const name = `region ${region.name}: offset + byte_length`;
    throw invalidArgument(name, `<= the file's ${fileSize} bytes`, end);
  }
}

function endsEarly(region: SharedRegion, position: number): ForecastError {
  const message = `shared memory ${region.name}: cut to ${position} bytes while it was read`;
  return new ForecastError('failed-precondition', message);
}

function refused(name: string, reason: string, cause?: unknown): ForecastError {
  const message = `shared memory ${name} cannot be opened: ${reason}`;
  return new ForecastError('failed-precondition', message, { cause });
}
