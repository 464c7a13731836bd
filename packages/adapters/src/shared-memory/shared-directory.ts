import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { ForecastError, invalidArgument } from '@forecache/core';

import { assertRegionName } from '../tensor/region-name.js';
import { randomDirectoryName, removeStaleDirectories, writeOwner } from './directory-owner.js';
import { nodeFileSystem, systemErrorCode } from './file-system.js';
import type { SharedFileSystem } from './file-system.js';

/** Zeros are written in pieces of this size. */
const FILL_BYTES = 1 << 20;

const ZEROS = new Uint8Array(FILL_BYTES);

/** What `createSharedDirectory` takes. */
export interface SharedDirectoryOptions {
  /** Where the directory is made. Default `/dev/shm` where that is writable, else the temporary directory. */
  readonly parent?: string;
  /** Largest sum of the sizes of all files. */
  readonly limitBytes: number;
  /** Default `node:fs`. */
  readonly files?: SharedFileSystem;
}

/** The owner's side of shared memory: the sidecar's. */
export interface SharedDirectory {
  readonly path: string;
  /** Bytes of all files. */
  readonly bytesHeld: number;
  /**
   * Makes a file and writes zeros to all of it, so that a full tmpfs is an error here and not at the first
   * feature. Yields to the event loop between pieces.
   */
  create(name: string, byteLength: number): Promise<void>;
  /** Removes a file; one that does not exist is not an error. */
  remove(name: string): void;
  /** Removes the directory and everything in it. */
  dispose(): void;
}

/** Makes a private directory on tmpfs and removes those that dead processes left behind. */
export function createSharedDirectory(options: SharedDirectoryOptions): SharedDirectory {
  if (!Number.isSafeInteger(options.limitBytes) || options.limitBytes < 0) {
    throw invalidArgument('limitBytes', 'an integer >= 0', options.limitBytes);
  }
  const files = options.files ?? nodeFileSystem;
  const parent = options.parent ?? defaultParent(files);
  removeStaleDirectories(parent, files);
  const path = join(parent, randomDirectoryName());
  files.mkdirSync(path, { mode: 0o700 });
  writeOwner(path, files);
  return sharedDirectory(path, options.limitBytes, files);
}

function defaultParent(files: SharedFileSystem): string {
  try {
    files.accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

function sharedDirectory(
  path: string,
  limitBytes: number,
  files: SharedFileSystem,
): SharedDirectory {
  const sizes = new Map<string, number>();
  const bytesHeld = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return {
    path,
    get bytesHeld() {
      return bytesHeld();
    },
    async create(name, byteLength) {
      assertRegionName('name', name);
      if (!Number.isSafeInteger(byteLength) || byteLength < 1) {
        throw invalidArgument('byteLength', 'an integer in 1..2^53 - 1', byteLength);
      }
      if (sizes.has(name)) {
        throw new ForecastError('already-exists', `shared memory ${name} exists already`);
      }
      const held = bytesHeld();
      if (held + byteLength > limitBytes) {
        const limit = `the limit is ${limitBytes} bytes with ${held} in use`;
        throw exhausted(name, byteLength, limit);
      }
      sizes.set(name, byteLength);
      try {
        await createFilled(join(path, name), byteLength, files);
      } catch (error) {
        sizes.delete(name);
        throw translate(error, name, byteLength);
      }
    },
    remove(name) {
      assertRegionName('name', name);
      files.rmSync(join(path, name), { force: true });
      sizes.delete(name);
    },
    dispose() {
      files.rmSync(path, { recursive: true, force: true });
      sizes.clear();
    },
  };
}

async function createFilled(path: string, byteLength: number, files: SharedFileSystem) {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  const descriptor = files.openSync(path, flags, 0o600);
  try {
    for (let offset = 0; offset < byteLength; ) {
      const length = Math.min(FILL_BYTES, byteLength - offset);
      offset += files.writeSync(descriptor, ZEROS, 0, length, offset);
      if (offset % (64 * FILL_BYTES) === 0) await setImmediate();
    }
  } catch (error) {
    files.unlinkSync(path);
    throw error;
  } finally {
    files.closeSync(descriptor);
  }
}

function translate(error: unknown, name: string, byteLength: number): unknown {
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return exhausted(name, byteLength, 'no space left', error);
  }
  if (code === '') return error;
  return new ForecastError('internal', `shared memory ${name}: ${code}`, { cause: error });
}

// eslint-disable-next-line max-params -- the four facts of one message
function exhausted(name: string, byteLength: number, reason: string, cause?: unknown) {
  const message = `shared memory ${name}: need ${byteLength} bytes, ${reason}`;
  return new ForecastError('resource-exhausted', message, { cause });
}
