import { invalidArgument } from '@forecache/core';
import { parseChoice, parsePairs } from '../command-line/parse-values.js';
import { GRANULARITIES } from '../generation/generation-job.js';
import { listAllPolicies } from '../presets/all-policies.js';
import { LINE_UP, type LineUpEntry } from './line-up.js';

/** A name, then options in parentheses, then `@` and where forecasts are made. */
const POLICY_TEXT = /^([\w-]+)\s*(?:\((.*)\))?\s*(?:@\s*([\w-]+))?$/s;

/** Commas between options, not those inside a value: `ratios=1,0.9` is one option. */
const OPTION_COMMA = /,(?=\s*[\w-]+\s*=)/;

/** A policy as people write it. */
export type ParsedPolicy = Pick<LineUpEntry, 'policy' | 'granularity'>;

/**
 * What `--policies` says: `all`, names (each with its settings of the line-up), or policies with options,
 * separated by `,` or `;`: `fora,taylorseer(interval=5, order=2)@hidden`.
 */
export function parseLineUp(text: string): readonly LineUpEntry[] {
  if (text.trim() === 'all') return LINE_UP;
  const parts = splitOutsideParentheses(text).map((part) => part.trim());
  return parts.filter((part, i) => part !== '' || i < parts.length - 1).flatMap(entriesOf);
}

/** One policy as text: `name`, `name(option=value, …)`, either with `@granularity`. */
export function parsePolicy(text: string): ParsedPolicy {
  const [, name, options, granularity] = POLICY_TEXT.exec(text.trim()) ?? [];
  if (name === undefined) {
    throw invalidArgument(
      'policies',
      'name or name(option=value, ...), e.g. fora(interval=3)',
      text,
    );
  }
  const pairs = (options ?? '').trim() === '' ? [] : (options ?? '').split(OPTION_COMMA);
  const policy = { name, options: parsePairs(`option of ${name}`, pairs.map(tidyPair)) };
  if (granularity === undefined) return { policy };
  return { policy, granularity: parseChoice('granularity', granularity, GRANULARITIES) };
}

/** A bare name stands for its rows of the line-up, anything else for itself. */
function entriesOf(text: string): readonly LineUpEntry[] {
  const parsed = parsePolicy(text);
  const { name } = parsed.policy;
  if (!listAllPolicies().some((policy) => policy.name === name)) {
    const known = listAllPolicies().map((policy) => policy.name);
    throw invalidArgument('policies', `all or some of ${known.join(', ')}`, text);
  }
  const isBare = text.trim() === name;
  const known = isBare ? LINE_UP.filter(({ policy }) => policy.name === name) : [];
  return known.length > 0 ? known : [{ label: text, method: methodOf(name), ...parsed }];
}

function methodOf(name: string): string {
  return LINE_UP.find(({ policy }) => policy.name === name)?.method ?? name;
}

function tidyPair(pair: string): string {
  return pair.trim().replace(/\s*=\s*/, '=');
}

function splitOutsideParentheses(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    const isBreak = depth === 0 && (character === ',' || character === ';');
    if (isBreak) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  if (depth !== 0) throw invalidArgument('policies', 'text with balanced parentheses', text);
  return parts;
}
