import type { CachePolicy } from './cache-policy.js';
import type { PolicyDefinition } from './policy-definition.js';
import { createStatelessPolicy, FULL } from './stateless-policy.js';

/** Options of `full`: there are none. */
export type FullOptions = Record<never, never>;

/** Computes every call: the reference that errors and speed-ups are measured against. */
export function createFullPolicy(): CachePolicy {
  return createStatelessPolicy({
    name: 'full',
    label: 'full()',
    historySize: 0,
    decide: () => FULL,
    explainFull: () => 'the policy is full',
  });
}

export const FULL_DEFINITION: PolicyDefinition<FullOptions> = Object.freeze({
  name: 'full',
  summary: 'Computes every call: the reference.',
  table: {},
  create: createFullPolicy,
});
