import type { HostHandle } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { isNewer, printSiteKey, type FeatureMemory, type SiteKey } from './feature-memory.js';
import type { RunHost } from './run-host.js';

interface KeptFeature {
  readonly callIndex: number;
  readonly handle: HostHandle;
}

/**
 * Histories whose tensors stay on the model host: this side holds handles, the host combines.
 * A handle that falls out of its history is freed with the next combination.
 */
export function createHostMemory(host: RunHost, capacity: number): FeatureMemory {
  const histories = new Map<string, KeptFeature[]>();
  let outdated: HostHandle[] = [];

  function historyOf(key: SiteKey): KeptFeature[] {
    return histories.get(printSiteKey(key)) ?? [];
  }

  return {
    keepsOnHost: true,
    storedCalls: (key) => historyOf(key).map((feature) => feature.callIndex),
    reserve: () => undefined,
    store(key, { callIndex, kept }) {
      if (kept === null) {
        throw new ForecastError(
          'internal',
          `the model host at ${host.address} did not keep ${key.site}`,
        );
      }
      const history = historyOf(key);
      if (
        !isNewer(
          callIndex,
          history.map((feature) => feature.callIndex),
        )
      ) {
        outdated.push(kept);
        return;
      }
      const newest = [{ callIndex, handle: kept }, ...history];
      outdated.push(...newest.slice(capacity).map((feature) => feature.handle));
      histories.set(printSiteKey(key), newest.slice(0, capacity));
    },
    async forecast({ terms, output, signal, ...key }) {
      const history = historyOf(key);
      const handles = terms.map(({ callIndex }) => handleOf(history, callIndex));
      const release = outdated;
      // Named once, whatever becomes of the request: a handle that is released twice would be an error.
      outdated = [];
      const weights = terms.map((term) => term.weight);
      return host.combine({ handles, weights, output, release }, signal);
    },
    drop() {
      histories.clear();
      outdated = [];
    },
  };
}

function handleOf(history: readonly KeptFeature[], callIndex: number): HostHandle {
  const feature = history.find((candidate) => candidate.callIndex === callIndex);
  if (feature !== undefined) return feature.handle;
  throw new ForecastError('internal', `no feature of call ${callIndex} is stored`);
}
