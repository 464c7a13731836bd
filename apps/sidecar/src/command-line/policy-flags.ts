import { invalidArgument } from '@forecache/core';
import { Option, type Command } from 'commander';
import type { PolicyChoice } from '../generation/generation-job.js';
import { assertPolicyName, listAllPolicies } from '../presets/all-policies.js';
import { parsePairs, type RawOptions } from './parse-values.js';

/** Flags that commands use for themselves; `--option steps=18` reaches a policy's option of that name. */
const RESERVED: readonly string[] = [
  ...['policy', 'option', 'steps', 'count', 'seed', 'class', 'guidance', 'granularity', 'mode'],
  ...['transfer', 'batch', 'sidecar', 'out', 'json', 'model', 'height', 'width', 'frames'],
  ...['text-tokens', 'help', 'version', 'preset', 'full_calls', 'max_error', 'target_psnr'],
];

/** Flags of policy `preset`, which they imply unless another policy with such an option is named. */
const PRESET_FLAGS = Object.freeze([
  ['--preset <preset>', 'preset', 'a preset by name or file; see `forecache presets`'],
  ['--full-calls <count>', 'full_calls', 'the preset’s schedule with so many full calls'],
  [
    '--max-error <percent>',
    'max_error',
    'preset: the fewest full calls with at most this error; auto: its budget. Like 1%',
  ],
  ['--target-psnr <dB>', 'target_psnr', 'the fewest full calls with at least this PSNR'],
] as const);

/** The policy when a person names none. */
export const DEFAULT_POLICY = 'taylorseer';

/** Policies that are named before an option in the help; of more, only that they are most. */
const MOST_NAMED = 6;

/** Flags by the option of a policy that they set. */
interface PolicyFlag {
  readonly name: string;
  readonly option: Option;
}

/** One flag for every option of every policy. The registry is the only place that knows them. */
function policyFlags(): PolicyFlag[] {
  const names = new Set(
    listAllPolicies().flatMap(({ options }) => options.map(({ name }) => name)),
  );
  return [...names]
    .filter((name) => !RESERVED.includes(name))
    .map((name) => ({ name, option: new Option(`--${name} <value>`, describe(name)) }));
}

/** What an option does, once for all policies that say it in the same words. */
function describe(name: string): string {
  const owners = new Map<string, string[]>();
  for (const policy of listAllPolicies()) {
    const option = policy.options.find((candidate) => candidate.name === name);
    if (option === undefined) continue;
    const text = `${option.summary} Rule: ${option.rule}.`;
    owners.set(text, [...(owners.get(text) ?? []), policy.name]);
  }
  return [...owners].map(([text, policies]) => `${shortList(policies)}: ${text}`).join(' ');
}

function shortList(policies: readonly string[]): string {
  return policies.length > MOST_NAMED ? 'most policies' : policies.join(', ');
}

function policyNames(): string {
  return listAllPolicies()
    .map(({ name }) => name)
    .join(', ');
}

/** Adds `--policy`, a flag for every policy option, and `--option name=value` for peers' spellings. */
export function addPolicyFlags(command: Command): Command {
  const collect = (pair: string, earlier: readonly string[]) => [...earlier, pair];
  command.option(
    '--policy <name>',
    `what decides the calls: ${policyNames()} (default: ${DEFAULT_POLICY}); see \`forecache policies\``,
  );
  for (const [flag, , description] of PRESET_FLAGS) command.option(flag, description);
  for (const { option } of policyFlags()) command.addOption(option);
  return command.option(
    '--option <name=value>',
    'a policy option by name or by a peer’s spelling; may be repeated',
    collect,
    [],
  );
}

/** The policy that a person asked for with its options; `--preset` alone asks for policy `preset`. */
export function policyOf(flags: RawOptions, fallback = DEFAULT_POLICY): PolicyChoice {
  const named = typeof flags['policy'] === 'string' ? flags['policy'] : undefined;
  const own = optionsOf(named);
  const given = PRESET_FLAGS.filter(
    ([flag, option]) => flags[attributeOf(flag)] !== undefined && !own.includes(option),
  );
  const [first] = given;
  if (first !== undefined && named !== undefined && named !== 'preset') {
    const rule = `preset, or left out, beside ${first[0].split(' ')[0]}`;
    throw invalidArgument('policy', rule, named);
  }
  const name = named ?? (first === undefined ? fallback : 'preset');
  assertPolicyName(name);
  return { name, options: policyOptionsOf(flags) };
}

/** Options of a policy by name; none where nobody knows it. */
function optionsOf(policy: string | undefined): readonly string[] {
  const found = listAllPolicies().find(({ name }) => name === policy);
  return found?.options.map(({ name }) => name) ?? [];
}

/** The policy options that a person gave, as text, under the names they used. */
export function policyOptionsOf(flags: RawOptions): Record<string, string> {
  const pairs = Array.isArray(flags['option']) ? flags['option'].map(String) : [];
  const options = parsePairs('option', pairs);
  const named = PRESET_FLAGS.map(([flag, name]) => [name, attributeOf(flag)] as const);
  const own = policyFlags().map(({ name, option }) => [name, option.attributeName()] as const);
  for (const [name, attribute] of [...named, ...own]) {
    const value = flags[attribute];
    if (value === undefined) continue;
    if (name in options) throw invalidArgument(name, 'given once, as a flag or as --option', value);
    options[name] = String(value);
  }
  return options;
}

/** Where commander puts a flag’s value: `fullCalls`. */
function attributeOf(flag: string): string {
  return new Option(flag).attributeName();
}
