import { invalidArgument } from '@forecache/core';

/** Options as commander hands them over: texts, flags, lists, or nothing. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** An integer from `least` up, from text. */
export function parseInteger(name: string, text: string, least: number): number {
  const value = /^-?\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < least) {
    throw invalidArgument(name, `an integer >= ${least}`, text);
  }
  return value;
}

/** A finite number, from text. */
export function parseNumber(name: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw invalidArgument(name, 'a finite number', text);
  return value;
}

/** Numbers separated by commas. */
export function parseNumbers(name: string, text: string): number[] {
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? NaN : Number(part);
    if (!Number.isFinite(value)) throw invalidArgument(name, 'numbers separated by commas', text);
    return value;
  });
}

/** One of a closed set of words. */
export function parseChoice<T extends string>(
  name: string,
  text: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const words = choices.map((choice) => `"${choice}"`);
  throw invalidArgument(name, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`, text);
}

/** `name=value` pairs; a name given twice is rejected. */
export function parsePairs(flag: string, pairs: readonly string[]): Record<string, string> {
  const parsed = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw invalidArgument(flag, 'name=value', pair);
    const name = pair.slice(0, at);
    if (parsed.has(name)) throw invalidArgument(flag, `given once for ${name}`, pair);
    parsed.set(name, pair.slice(at + 1));
  }
  return Object.fromEntries(parsed);
}
