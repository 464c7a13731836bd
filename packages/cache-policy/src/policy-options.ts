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

interface OptionDetails<T> {
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
  const shown = optionNames(table).filter(
    (option) => always.includes(option) || options[option] !== table[option].defaultValue,
  );
  return `${name}(${shown.map((option) => `${option}=${String(options[option])}`).join(', ')})`;
}

/** The options of a table, in its order. */
export function optionNames<O extends object>(table: OptionTable<O>): (keyof O & string)[] {
  return Object.keys(table) as (keyof O & string)[];
}

function withDefaults<T>(details: OptionDetails<T>) {
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
