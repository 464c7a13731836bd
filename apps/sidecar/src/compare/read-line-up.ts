import { ForecastError, invalidArgument } from '@forecache/core';
import { readJson } from '../json-file.js';
import type { LineUpEntry } from './line-up.js';
import { parsePolicy } from './parse-line-up.js';

/**
 * Reads a line-up file: `{ "entries": [{ "label": "TaylorSeer N=5 O=2", "method": "TaylorSeer",
 * "policy": "taylorseer(interval=5, order=2)" }, …] }`. Label and method default to the policy's text and name.
 */
export async function readLineUp(file: string): Promise<readonly LineUpEntry[]> {
  const content = await readJson('lineup', file);
  if (!isRecord(content) || !Array.isArray(content['entries'])) {
    throw invalidArgument('lineup', 'a file with {"entries": [...]}', file);
  }
  return content['entries'].map((value: unknown, i) => parseEntry(value, `${file}: entries[${i}]`));
}

function parseEntry(value: unknown, source: string): LineUpEntry {
  if (!isRecord(value)) throw invalidArgument(source, 'an object', JSON.stringify(value));
  const text = textOf(value, 'policy', source);
  if (text === undefined) throw invalidArgument(`${source}.policy`, 'a text', undefined);
  const unknown = Object.keys(value).find((name) => !['label', 'method', 'policy'].includes(name));
  if (unknown !== undefined) throw invalidArgument(source, 'label, method and policy', unknown);
  const parsed = withSource(source, () => parsePolicy(text));
  const label = textOf(value, 'label', source) ?? text;
  return { label, method: textOf(value, 'method', source) ?? parsed.policy.name, ...parsed };
}

function textOf(
  value: Readonly<Record<string, unknown>>,
  field: string,
  source: string,
): string | undefined {
  const text = value[field];
  if (text === undefined || (typeof text === 'string' && text.trim() !== '')) return text;
  throw invalidArgument(`${source}.${field}`, 'a text', JSON.stringify(text));
}

function withSource<Result>(source: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof ForecastError)) throw cause;
    throw new ForecastError(cause.code, `${source}: ${cause.message}`, { cause });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
