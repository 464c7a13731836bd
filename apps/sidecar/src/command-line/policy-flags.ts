import { listPolicies } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import { Option, type Command } from 'commander';
import { parsePairs, type RawOptions } from './parse-values.js';

/** Flags that commands use for themselves; `--option steps=18` reaches a policy's option of that name. */
const RESERVED: readonly string[] = [
  ...['policy', 'option', 'steps', 'count', 'seed', 'class', 'guidance', 'granularity', 'mode'],
  ...['transfer', 'batch', 'sidecar', 'out', 'json', 'model', 'height', 'width', 'frames'],
  ...['text-tokens', 'help', 'version'],
];

/** The policy when a person names none. */
export const DEFAULT_POLICY = 'taylorseer';

/** Policies whose names fit into a line of help; an option that more of them have is one of (nearly) every policy. */
const MOST_NAMED = 6;

/** Flags by the option of a policy that they set. */
interface PolicyFlag {
  readonly name: string;
  readonly option: Option;
}

/** One flag for every option of every policy. The registry is the only place that knows them. */
function policyFlags(): PolicyFlag[] {
  const names = new Set(listPolicies().flatMap(({ options }) => options.map(({ name }) => name)));
  return [...names]
    .filter((name) => !RESERVED.includes(name))
    .map((name) => ({ name, option: new Option(`--${name} <value>`, describe(name)) }));
}

function describe(name: string): string {
  const owners = listPolicies().flatMap((policy) =>
    policy.options.filter((option) => option.name === name).map((option) => ({ policy, option })),
  );
  const [first] = owners;
  const isEverywhere = owners.length > MOST_NAMED;
  const policies = isEverywhere ? 'any policy' : owners.map(({ policy }) => policy.name).join(', ');
  return first === undefined
    ? ''
    : `${policies}: ${first.option.summary} Rule: ${first.option.rule}.`;
}

/** Adds `--policy`, a flag for every policy option, and `--option name=value` for peers' spellings. */
export function addPolicyFlags(command: Command): Command {
  const collect = (pair: string, earlier: readonly string[]) => [...earlier, pair];
  command.option(
    '--policy <name>',
    `what decides the calls (default: ${DEFAULT_POLICY}); see \`forecache policies\``,
  );
  for (const { option } of policyFlags()) command.addOption(option);
  return command.option(
    '--option <name=value>',
    'a policy option by name or by a peer’s spelling; may be repeated',
    collect,
    [],
  );
}

/** The policy options that a person gave, as text, under the names they used. */
export function policyOptionsOf(flags: RawOptions): Record<string, string> {
  const pairs = Array.isArray(flags['option']) ? flags['option'].map(String) : [];
  const options = parsePairs('option', pairs);
  for (const { name, option } of policyFlags()) {
    const value = flags[option.attributeName()];
    if (value === undefined) continue;
    if (name in options) throw invalidArgument(name, 'given once, as a flag or as --option', value);
    options[name] = String(value);
  }
  return options;
}
