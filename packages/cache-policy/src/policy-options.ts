import { ForecastError, invalidArgument } from '@forecache/core';

/** One option of a policy: the only place that knows its default, its rule and its other names. */
export interface OptionSpec<T> {
  /** Peers' names with the same meaning. */
  readonly aliases: readonly string[];
  /** Peers' names that look the same and are not, with the difference. They are rejected with it. */
  readonly lookalikes: Readonly<Record<string, string>>;
  /** Undefined: the option must be given. */
  readonly defaultValue: T | undefined;
  /** What a value must be: `an integer >= 1`. */
  readonly rule: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The value a text stands for; undefined when it stands for none. */
  readonly parse: (text: string) => T | undefined;
  readonly accepts: (value: T) => boolean;
}

/** The options of a policy by name. */
export type OptionTable<O> = { readonly [K in keyof O & string]-?: OptionSpec<O[K]> };

/** What every kind of option can say about itself. */
export interface OptionDetails<T> {
  readonly summary: string;
  readonly defaultValue?: T;
  readonly aliases?: readonly string[];
  readonly lookalikes?: Readonly<Record<string, string>>;
}

/** A whole number with bounds, both included. */
export function integerOption(
  details: OptionDetails<number> & { readonly minimum: number; readonly maximum?: number },
): OptionSpec<number> {
  const { minimum, maximum } = details;
  const isBelow = (value: number) => maximum === undefined || value <= maximum;
  return {
    ...withDefaults(details),
    rule:
      maximum === undefined
        ? `an integer >= ${minimum}`
        : `an integer between ${minimum} and ${maximum}`,
    parse: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined),
    accepts: (value) => Number.isSafeInteger(value) && value >= minimum && isBelow(value),
  };
}

/** A finite number with bounds: `minimum` and `maximum` are allowed values, `above` and `below` are not. */
export function numberOption(details: OptionDetails<number> & NumberBounds): OptionSpec<number> {
  const { minimum = -Infinity, maximum = Infinity, above = -Infinity, below = Infinity } = details;
  return {
    ...withDefaults(details),
    rule: numberRule(details),
    parse: parseNumber,
    accepts: (value) =>
      Number.isFinite(value) &&
      value >= minimum &&
      value <= maximum &&
      value > above &&
      value < below,
  };
}

/** The number that a text spells in decimal notation; undefined for anything else, `Infinity` included. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** One of a few words. */
export function choiceOption<T extends string>(
  details: OptionDetails<T> & { readonly choices: readonly T[] },
): OptionSpec<T> {
  const { choices } = details;
  return {
    ...withDefaults(details),
    rule: `one of ${choices.join(', ')}`,
    parse: (text) => choices.find((choice) => choice === text),
    accepts: (value) => choices.includes(value),
  };
}

/** Fills defaults and checks every value. Throws with name, value and rule. */
export function compileOptions<O extends object>(
  table: OptionTable<O>,
  given: { readonly [K in keyof O]?: O[K] | undefined },
): Readonly<O> {
  const compiled: Partial<O> = {};
  for (const name of optionNames(table)) {
    const spec = table[name];
    const value = given[name] ?? spec.defaultValue;
    if (value === undefined || !spec.accepts(value)) throw invalidArgument(name, spec.rule, value);
    compiled[name] = value;
  }
  return Object.freeze(compiled as O);
}

/** Reads options from text, by name or alias. Strict: unknown, double and unreadable ones throw. */
export function parseOptions<O extends object>(
  policy: string,
  table: OptionTable<O>,
  texts: Readonly<Record<string, string>>,
): Partial<O> {
  const parsed: Partial<O> = {};
  for (const name of Object.keys(texts)) assertKnown(policy, table, name);
  for (const name of optionNames(table)) {
    const spec = table[name];
    const given = [name, ...spec.aliases].filter((spelling) => texts[spelling] !== undefined);
    if (given.length > 1) throw givenTwice(given);
    const text = texts[given[0] ?? ''];
    if (text === undefined) continue;
    const value = spec.parse(text);
    if (value === undefined || !spec.accepts(value)) {
      throw invalidArgument(given[0] ?? name, spec.rule, text);
    }
    parsed[name] = value;
  }
  return parsed;
}

/** `taylorseer(interval=5, order=1, warmup=3)`: the named options always, others where they are not the default. */
export function printPolicy<O extends object>(
  { name, table }: { readonly name: string; readonly table: OptionTable<O> },
  options: Readonly<O>,
  always: readonly (keyof O & string)[],
): string {
  return `${name}(${printOptions(table, options, always).join(', ')})`;
}

/** `interval=5`: the named options always, others where they are not the default. */
export function printOptions<O extends object>(
  table: OptionTable<O>,
  options: Readonly<O>,
  always: readonly (keyof O & string)[] = [],
): readonly string[] {
  return optionNames(table)
    .filter((option) => always.includes(option) || options[option] !== table[option].defaultValue)
    .map((option) => `${option}=${String(options[option])}`);
}

/** Two tables in one, for tables without a name in common. */
export function mergeTables<A extends object, B extends object>(
  first: OptionTable<A>,
  second: OptionTable<B>,
): OptionTable<A & B> {
  return Object.freeze({ ...first, ...second }) as OptionTable<A & B>;
}

/** The options of a table, in its order. */
export function optionNames<O extends object>(table: OptionTable<O>): (keyof O & string)[] {
  return Object.keys(table) as (keyof O & string)[];
}

interface NumberBounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly above?: number;
  readonly below?: number;
}

function numberRule({ minimum, maximum, above, below }: NumberBounds): string {
  if (minimum !== undefined && maximum !== undefined && below === undefined) {
    return `a number between ${minimum} and ${maximum}`;
  }
  const bounds = [
    minimum === undefined ? null : `>= ${minimum}`,
    above === undefined ? null : `> ${above}`,
    maximum === undefined ? null : `<= ${maximum}`,
    below === undefined ? null : `< ${below}`,
  ].filter((bound) => bound !== null);
  return bounds.length === 0 ? 'a finite number' : `a finite number ${bounds.join(' and ')}`;
}

/** The parts that all kinds of options share. */
export function withDefaults<T>(details: OptionDetails<T>) {
  return {
    summary: details.summary,
    defaultValue: details.defaultValue,
    aliases: details.aliases ?? [],
    lookalikes: details.lookalikes ?? {},
  };
}

function assertKnown<O extends object>(policy: string, table: OptionTable<O>, name: string): void {
  const known = optionNames(table);
  if (known.some((option) => option === name || table[option].aliases.includes(name))) return;
  for (const option of known) {
    const { lookalikes } = table[option];
    if (Object.hasOwn(lookalikes, name)) {
      const difference = lookalikes[name];
      throw new ForecastError('invalid-argument', `${policy} does not take ${name}: ${difference}`);
    }
  }
  throw invalidArgument(
    `option of ${policy}`,
    known.length === 0 ? 'left out (it has none)' : `one of ${known.join(', ')}`,
    name,
  );
}

function givenTwice(names: readonly string[]): ForecastError {
  return new ForecastError(
    'invalid-argument',
    `${names.join(' and ')} are the same option: give one of them`,
  );
}
