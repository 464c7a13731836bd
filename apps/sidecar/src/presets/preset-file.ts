import { readFile, stat } from 'node:fs/promises';
import { readPreset, type Preset } from '@forecache/cache-policy';
import { ForecastError } from '@forecache/core';
import { messageOf } from '../error-message.js';

/** Largest preset file: some thousand schedules of a thousand calls. */
export const MAX_PRESET_BYTES = 16 * 2 ** 20;

/** Reads a preset file; null where there is none. Errors begin with the file. */
export async function readPresetFile(file: string): Promise<Preset | null> {
  const text = await readSmallFile(file);
  return text === null ? null : parsePreset(file, text);
}

async function readSmallFile(file: string): Promise<string | null> {
  try {
    const { size, ...entry } = await entryOf(file);
    if (!entry.isFile) throw new ForecastError('invalid-argument', 'it is not a file');
    if (size > MAX_PRESET_BYTES) {
      const message = `it has ${size} bytes, more than ${MAX_PRESET_BYTES}`;
      throw new ForecastError('invalid-argument', message);
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return null;
    const message = `preset file ${file} cannot be read: ${messageOf(cause)}`;
    throw new ForecastError('invalid-argument', message, { cause });
  }
}

async function entryOf(file: string) {
  const entry = await stat(file);
  return { size: entry.size, isFile: entry.isFile() };
}

function parsePreset(file: string, text: string): Preset {
  try {
    return readPreset(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it must be JSON' : messageOf(cause);
    throw new ForecastError('invalid-argument', `preset file ${file}: ${reason}`, { cause });
  }
}

/** Nothing there, or something in the way that is no directory. */
export function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR';
}
