import { ForecastError, invalidArgument } from '@forecache/core';

/** An object of a file: its fields by name, none but these. Names in errors begin with `source`. */
export function readObject(
  source: string,
  value: unknown,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw wrong(source, 'an object', value);
  const unknown = Object.keys(value).find((name) => !fields.includes(name));
  if (unknown !== undefined) {
    throw invalidArgument(`field of ${source}`, `one of ${fields.join(', ')}`, unknown);
  }
  return value;
}

/** A list, each entry read by `read` under its own name. */
export function readList<T>(
  name: string,
  value: unknown,
  read: (name: string, entry: unknown) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw wrong(name, 'a list', value);
  return Object.freeze(value.map((entry: unknown, i) => read(`${name}[${i}]`, entry)));
}

/** A text of at most so many characters. */
export function readText(name: string, value: unknown, most: number): string {
  if (typeof value === 'string' && value.length <= most) return value;
  throw wrong(name, `a text of at most ${most} characters`, value);
}

/** An integer with bounds, both included. */
export function readInteger(
  name: string,
  value: unknown,
  [least, most]: readonly [number, number],
): number {
  const isOne = typeof value === 'number' && Number.isSafeInteger(value);
  if (isOne && value >= least && value <= most) return value;
  const rule =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer >= ${least}`
      : `an integer between ${least} and ${most}`;
  throw wrong(name, rule, value);
}

/** A finite number. */
export function readNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(name, 'a finite number', value);
}

/** A number, or null for what is not known. */
export function readNumberOrNull(name: string, value: unknown, least = -Infinity): number | null {
  if (value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value;
  const rule = least === -Infinity ? 'a finite number' : `a finite number >= ${least}`;
  throw wrong(name, `${rule} or null`, value);
}

/** The error for a value of any kind. Lists and objects are named, not printed; long texts are cut. */
export function wrong(name: string, rule: string, value: unknown): ForecastError {
  const isCompound = typeof value === 'object' && value !== null;
  if (!isCompound) return invalidArgument(name, rule, shortened(value));
  const kind = Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return new ForecastError('invalid-argument', `${name} must be ${rule}, got ${kind}`);
}

const MOST_SHOWN = 60;

function shortened(value: unknown): unknown {
  const isLong = typeof value === 'string' && value.length > MOST_SHOWN;
  return isLong ? `${value.slice(0, MOST_SHOWN)}…` : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
