import { listPolicies, PRESET_POLICY, type PolicyDescription } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';

const ALL: readonly PolicyDescription[] = Object.freeze(
  [...listPolicies(), PRESET_POLICY].sort((a, b) => (a.name < b.name ? -1 : 1)),
);

/** Every policy that a sidecar or the command line takes, sorted by name: the registered ones and `preset`. */
export function listAllPolicies(): readonly PolicyDescription[] {
  return ALL;
}

/** Throws unless there is a policy of that name. The registry by itself would not name `preset`. */
export function assertPolicyName(name: string): void {
  if (ALL.some((policy) => policy.name === name)) return;
  throw invalidArgument('policy', `one of ${ALL.map((policy) => policy.name).join(', ')}`, name);
}
