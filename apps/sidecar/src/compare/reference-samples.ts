import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { ForecastError } from '@forecache/core';
import { writeWhole } from '../json-file.js';

/** SHA-256 of float32 numbers: equal hashes mean equal bits. */
export function hashOfSamples(samples: Float32Array): string {
  return createHash('sha256').update(bytesOf(samples)).digest('hex');
}

/** Full compute's samples from an earlier run, or null when the file is missing or is not what `sha256` says. */
export async function readSamples(file: string, sha256: string): Promise<Float32Array | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw new ForecastError('failed-precondition', `reference ${file} cannot be read`, {
      cause: error,
    });
  });
  if (bytes === null || bytes.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  const samples = new Float32Array(Uint8Array.from(bytes).buffer);
  return hashOfSamples(samples) === sha256 ? samples : null;
}

/** Keeps samples as raw little-endian float32 numbers. */
export function writeSamples(file: string, samples: Float32Array): Promise<void> {
  return writeWhole(file, bytesOf(samples));
}

function bytesOf(samples: Float32Array): Uint8Array {
  if (endianness() !== 'LE') {
    throw new ForecastError('unimplemented', 'samples are kept on little-endian machines only');
  }
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
