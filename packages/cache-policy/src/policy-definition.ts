import type { CachePolicy } from './cache-policy.js';
import { compileOptions, optionNames, parseOptions, type OptionTable } from './policy-options.js';

/** A policy as the registry holds it: its table drives parsing, defaults, listing and errors. */
export interface PolicyDefinition<O extends object> {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly table: OptionTable<O>;
  readonly create: (options: Readonly<O>) => CachePolicy;
}

/** One option, for people and programs. Mirrors `OptionDescription`. */
export interface OptionDescription {
  readonly name: string;
  /** Other names that are accepted, with the same meaning. */
  readonly aliases: readonly string[];
  /** As text; empty when the option must be given. */
  readonly defaultValue: string;
  /** `an integer >= 1`. */
  readonly rule: string;
  readonly summary: string;
}

/** One policy, for people and programs. Mirrors `PolicyDescription`. */
export interface PolicyDescription {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionDescription[];
}

/** A policy that can be made from text options. */
export interface RegisteredPolicy {
  readonly description: PolicyDescription;
  readonly create: (options: Readonly<Record<string, string>>) => CachePolicy;
}

/** Turns a definition into what the registry lists and creates. */
export function registerPolicy<O extends object>(
  definition: PolicyDefinition<O>,
): RegisteredPolicy {
  const { name, summary, table } = definition;
  return Object.freeze({
    description: Object.freeze({ name, summary, options: describeOptions(table) }),
    create: (texts: Readonly<Record<string, string>>) =>
      definition.create(compileOptions(table, parseOptions<O>(name, table, texts))),
  });
}

function describeOptions<O extends object>(table: OptionTable<O>): readonly OptionDescription[] {
  return optionNames(table).map((name) => {
    const { aliases, rule, summary, defaultValue } = table[name];
    const text = defaultValue === undefined ? '' : String(defaultValue);
    return Object.freeze({ name, aliases, defaultValue: text, rule, summary });
  });
}
