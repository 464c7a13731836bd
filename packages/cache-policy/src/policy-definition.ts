import type { CachePolicy } from './cache-policy.js';
import { composePolicy, compositionBeside } from './compose-policy.js';
import {
  compileOptions,
  mergeTables,
  optionNames,
  parseOptions,
  type OptionTable,
} from './policy-options.js';

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

/** Turns a definition into what the registry lists and creates: its own options and the ones that any policy takes. */
export function registerPolicy<O extends object>(
  definition: PolicyDefinition<O>,
): RegisteredPolicy {
  const { name, summary, table } = definition;
  const composition = compositionBeside(table);
  const all = mergeTables(table, composition);
  return Object.freeze({
    description: Object.freeze({ name, summary, options: describeOptions(all) }),
    create: (texts: Readonly<Record<string, string>>) => {
      const parsed = parseOptions(name, all, texts);
      const policy = definition.create(compileOptions(table, parsed));
      return composePolicy(policy, composition, parsed);
    },
  });
}

/** What people and programs read of a table's options. */
export function describeOptions<O extends object>(
  table: OptionTable<O>,
): readonly OptionDescription[] {
  return optionNames(table).map((name) => {
    const { aliases, rule, summary, defaultValue } = table[name];
    const text = defaultValue === undefined ? '' : String(defaultValue);
    return Object.freeze({ name, aliases, defaultValue: text, rule, summary });
  });
}
