import {
  parsePresetRequest,
  schedulePreset,
  type Granularity,
  type PolicySpec,
  type Preset,
  type RunIdentity,
} from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';

/** A policy as somebody asks for it. */
export interface AskedPolicy {
  readonly policy: PolicySpec;
  /** Where forecasts are made; null leaves it to the policy. */
  readonly granularity: Granularity | null;
}

/** A policy that the registry makes, with what a person should know of the choice. */
export interface ResolvedPolicy extends AskedPolicy {
  readonly policy: Required<PolicySpec>;
  readonly warnings: readonly string[];
}

/** Turns policy `preset` into the `scheduled` policy of one run; every other policy stays as it is. */
export type ResolvePolicy = (
  asked: AskedPolicy,
  run: RunIdentity & { readonly calls: number },
) => Promise<ResolvedPolicy>;

/** Resolves with the presets that `find` knows. */
export function createPolicyResolver(find: (preset: string) => Promise<Preset>): ResolvePolicy {
  return async ({ policy: { name, options = {} }, granularity }, run) => {
    if (name !== 'preset') return { policy: { name, options }, granularity, warnings: [] };
    const request = parsePresetRequest(options);
    const preset = await find(request.preset);
    if (granularity !== null && granularity !== preset.granularity) {
      const rule = `${preset.granularity}, where preset ${preset.name} was measured`;
      throw invalidArgument('granularity', rule, granularity);
    }
    return schedulePreset(preset, request, run);
  };
}
