import { readFile, rename, writeFile } from 'node:fs/promises';
import { ForecastError, invalidArgument } from '@forecache/core';

/** Parses the JSON file that a flag names. */
export async function readJson(flag: string, file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ForecastError('not-found', `${flag} ${file} cannot be read`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch {
    throw invalidArgument(flag, 'a JSON file', file);
  }
}

/** Writes a file so that whoever reads it, or a crash in between, finds the old content or the new one. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  await writeFile(draft, content);
  await rename(draft, file);
}

/** For `JSON.stringify`: JSON has no infinity, so the PSNR of identical images becomes the text it is printed as. */
export function infinitiesAsText(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
