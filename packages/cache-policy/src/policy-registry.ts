import { invalidArgument } from '@forecache/core';
import type { CachePolicy } from './cache-policy.js';
import { FEWER_STEPS_DEFINITION } from './fewer-steps-policy.js';
import { FORA_DEFINITION } from './fora-policy.js';
import { FULL_DEFINITION } from './full-policy.js';
import { registerPolicy, type PolicyDescription } from './policy-definition.js';
import { TAYLORSEER_DEFINITION } from './taylorseer-policy.js';

/** Sorted by name. */
const REGISTERED = Object.freeze([
  registerPolicy(FEWER_STEPS_DEFINITION),
  registerPolicy(FORA_DEFINITION),
  registerPolicy(FULL_DEFINITION),
  registerPolicy(TAYLORSEER_DEFINITION),
]);

/** A policy by name with its options as text. Mirrors `PolicySpec`. */
export interface PolicySpec {
  readonly name: string;
  /** By name or alias; default none. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Every policy with its options, sorted by name. */
export const POLICIES: readonly PolicyDescription[] = Object.freeze(
  REGISTERED.map((policy) => policy.description),
);

/** Every policy with its options, sorted by name. */
export function listPolicies(): readonly PolicyDescription[] {
  return POLICIES;
}

/** Makes a policy from text. Unknown names, unknown options and values that break a rule throw. */
export function createPolicy({ name, options = {} }: PolicySpec): CachePolicy {
  const registered = REGISTERED.find((policy) => policy.description.name === name);
  if (registered === undefined) {
    const known = POLICIES.map((policy) => policy.name).join(', ');
    throw invalidArgument('policy', `one of ${known}`, name);
  }
  return registered.create(options);
}
