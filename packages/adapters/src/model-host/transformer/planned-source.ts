import { ForecastError, invalidArgument } from '@forecache/core';

import type { LocalTensor } from '../../tensor/tensor.js';
import { throwIfAborted } from '../../wire/abort.js';
import type { FeatureSource, SiteCall } from '../walk/feature-source.js';
import type { TransformerCall } from './transformer-call.js';

/** What a planned call did. Sites by how their features came about. */
export interface FeatureCounts {
  forwarded: number;
  forecast: number;
  partial: number;
}

/** A source over this host's network and history that counts, and holds back what may have to be stored. */
export interface PlannedSource extends FeatureSource {
  readonly counts: FeatureCounts;
  /** True features of kept sites, by site. */
  readonly computed: ReadonlyMap<string, LocalTensor>;
}

/** What a planned source is made of. */
export interface PlannedSourceParts {
  readonly begin: (image: LocalTensor) => Promise<TransformerCall>;
  readonly forecast: (call: SiteCall) => LocalTensor;
  readonly isKept: (site: string) => boolean;
  /** Asked before every feature: a call is begun by one request and finished by another. */
  readonly signal: () => AbortSignal | undefined;
}

/** A source that has answered nothing. */
export function createPlannedSource(parts: PlannedSourceParts): PlannedSource {
  const counts: FeatureCounts = { forwarded: 0, forecast: 0, partial: 0 };
  const computed = new Map<string, LocalTensor>();
  let call: TransformerCall | null = null;
  const current = (): TransformerCall => {
    if (call !== null) return call;
    throw new ForecastError('internal', 'embed comes before every other site');
  };
  const feature = async ({ site, input, action }: SiteCall): Promise<LocalTensor> => {
    switch (action.kind) {
      case 'forecast':
      case 'reuse':
        counts.forecast += 1;
        return parts.forecast({ site, input, action });
      case 'partial':
        counts.partial += 1;
        return current().compute(site, input, action.selection);
      case 'full':
        counts.forwarded += 1;
    }
    if (site === 'embed') {
      if (input === null) throw invalidArgument('input', 'set for site embed', null);
      call = await parts.begin(input);
      return call.embedded;
    }
    const output = await current().compute(site, input, null);
    if (parts.isKept(site)) computed.set(site, output);
    return output;
  };
  return {
    counts,
    computed,
    async features(calls) {
      const outputs: LocalTensor[] = [];
      for (const each of calls) {
        throwIfAborted(parts.signal());
        outputs.push(await feature(each));
      }
      return outputs;
    },
    async observe(site, output) {
      computed.set(site, output);
    },
    conditioning: () => current().conditioning,
  };
}
