/** Reads checked fields of a JSON object. Every failure names the source, the field, the rule and the value. */
export interface FieldReader {
  names(): readonly string[];
  object(field: string): FieldReader;
  objects(field: string): readonly FieldReader[];
  list(field: string): readonly unknown[];
  text(field: string): string;
  texts(field: string): readonly string[];
  number(field: string): number;
  numbers(field: string): readonly number[];
  /** An integer >= 0. */
  count(field: string): number;
  /** An integer >= 1. */
  positive(field: string): number;
  wrong(field: string, rule: string): Error;
}

/** A reader of `content`, called `source` in messages: `model/manifest.json: sampler`. */
export function createFieldReader(content: unknown, source: string): FieldReader {
  if (!isRecord(content)) throw new Error(`${source} must be an object, got ${print(content)}`);
  const fields = content;

  const wrong = (field: string, rule: string) =>
    new Error(`${source}: ${field} must be ${rule}, got ${print(fields[field])}`);

  function checked<T>(field: string, rule: string, isValid: (value: unknown) => value is T): T {
    const value = fields[field];
    if (!isValid(value)) throw wrong(field, rule);
    return value;
  }

  const child = (field: string, value: unknown) => createFieldReader(value, `${source}: ${field}`);
  const list = (field: string) => checked(field, 'a list', isList);

  return {
    names: () => Object.keys(content),
    object: (field) => child(field, fields[field]),
    objects: (field) => list(field).map((value, i) => child(`${field}[${i}]`, value)),
    list,
    text: (field) => checked(field, 'a text', isText),
    texts: (field) => checked(field, 'a list of texts', (value) => isListOf(value, isText)),
    number: (field) => checked(field, 'a finite number', isFiniteNumber),
    numbers: (field) =>
      checked(field, 'a list of finite numbers', (value) => isListOf(value, isFiniteNumber)),
    count: (field) => checked(field, 'an integer >= 0', (value) => isIntegerFrom(value, 0)),
    positive: (field) => checked(field, 'an integer >= 1', (value) => isIntegerFrom(value, 1)),
    wrong,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return isList(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isIntegerFrom(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function print(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
