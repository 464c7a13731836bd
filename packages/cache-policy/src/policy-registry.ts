import { invalidArgument } from '@forecache/core';
import { ADACACHE_DEFINITION } from './adacache-policy.js';
import { AUTO_DEFINITION } from './auto-policy.js';
import type { CachePolicy } from './cache-policy.js';
import { DELTA_DIT_DEFINITION } from './delta-dit-policy.js';
import { DMD_DEFINITION } from './dmd-policy.js';
import { DUCA_DEFINITION } from './duca-policy.js';
import { EASYCACHE_DEFINITION } from './easycache-policy.js';
import { FEWER_STEPS_DEFINITION } from './fewer-steps-policy.js';
import { FIRST_BLOCK_CACHE_DEFINITION } from './first-block-cache-policy.js';
import { FOCA_DEFINITION } from './foca-policy.js';
import { FORA_DEFINITION } from './fora-policy.js';
import { FULL_DEFINITION } from './full-policy.js';
import { HICACHE_DEFINITION } from './hicache-policy.js';
import { MAGCACHE_DEFINITION } from './magcache-policy.js';
import { registerPolicy, type PolicyDescription } from './policy-definition.js';
import { SCHEDULED_DEFINITION } from './scheduled-policy.js';
import { SPECTRUM_DEFINITION } from './spectrum-policy.js';
import { TAYLORSEER_DEFINITION } from './taylorseer-policy.js';
import { TEACACHE_DEFINITION } from './teacache-policy.js';
import { TOCA_DEFINITION } from './toca-policy.js';

/** Sorted by name. */
const REGISTERED = Object.freeze([
  registerPolicy(ADACACHE_DEFINITION),
  registerPolicy(AUTO_DEFINITION),
  registerPolicy(DELTA_DIT_DEFINITION),
  registerPolicy(DMD_DEFINITION),
  registerPolicy(DUCA_DEFINITION),
  registerPolicy(EASYCACHE_DEFINITION),
  registerPolicy(FEWER_STEPS_DEFINITION),
  registerPolicy(FIRST_BLOCK_CACHE_DEFINITION),
  registerPolicy(FOCA_DEFINITION),
  registerPolicy(FORA_DEFINITION),
  registerPolicy(FULL_DEFINITION),
  registerPolicy(HICACHE_DEFINITION),
  registerPolicy(MAGCACHE_DEFINITION),
  registerPolicy(SCHEDULED_DEFINITION),
  registerPolicy(SPECTRUM_DEFINITION),
  registerPolicy(TAYLORSEER_DEFINITION),
  registerPolicy(TEACACHE_DEFINITION),
  registerPolicy(TOCA_DEFINITION),
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
