import type { FeatureSource, HostRun, LocalTensor } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { JOINT_BRANCH } from './joint-branch.js';

/** One call of a run that is walked in full. */
export interface ForwardedCall {
  readonly run: HostRun;
  readonly callIndex: number;
  readonly signal: AbortSignal;
  /** Shown every feature: those that the host answers, and those that the walk composes. Valid until it returns. */
  observe(site: string, feature: LocalTensor): void;
}

/** Features of a call that a host computes one by one. */
export function createForwardSource(call: ForwardedCall): FeatureSource {
  const { run, callIndex, signal } = call;
  const forward = async (site: string, input: LocalTensor | null): Promise<LocalTensor> => {
    const placed = input === null ? null : ({ ...input, place: 'inline' } as const);
    const key = { branch: JOINT_BRANCH, callIndex, site };
    const request = { ...key, input: placed, output: null, keep: false, selection: null };
    const { output } = await run.forward(request, { signal });
    if (output.place === 'inline') return output;
    throw new ForecastError('internal', `site ${site} must be answered inline`);
  };
  return {
    async features(calls) {
      const features: LocalTensor[] = [];
      for (const { site, input } of calls) {
        const feature = await forward(site, input);
        call.observe(site, feature);
        features.push(feature);
      }
      return features;
    },
    observe: async (site, feature) => call.observe(site, feature),
  };
}
