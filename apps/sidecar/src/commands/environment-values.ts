import { invalidArgument } from '@forecache/core';
import type { RuntimeEnvironment } from '../service/listen-addresses.js';

/** A list in an environment variable, separated by commas; undefined when the variable is unset or empty. */
export function listOf(text: string | undefined): readonly string[] | undefined {
  return text === undefined || text === '' ? undefined : text.split(',');
}

/** A yes or no in an environment variable: `1`, `0` or unset. */
export function flagOf(env: RuntimeEnvironment, name: string): boolean {
  const text = env[name] ?? '';
  if (text !== '' && text !== '0' && text !== '1') throw invalidArgument(name, '"0" or "1"', text);
  return text === '1';
}
