import { float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import { knownFeature } from './feature-source.js';
import type { FeatureSource, KnownFeatures, SiteCall } from './feature-source.js';
import type { Action } from '../model-host.js';
import type { Modulation } from './modulation.js';
import type { TransformerLayout } from '../transformer/transformer-layout.js';

/** A call of a transformer and what is known of it so far. */
export interface OpenCall {
  readonly layout: TransformerLayout;
  /** The network's input. */
  readonly input: LocalTensor;
  readonly source: FeatureSource;
  readonly known: KnownFeatures;
}

/** The sites that every other one of a call waits for. */
export type OpeningSite = 'embed' | 'modulation';

const FULL: Action = Object.freeze({ kind: 'full' });

/** The calls of these sites, without those that are known already. */
export function openingCalls(call: OpenCall, sites: readonly OpeningSite[]): readonly SiteCall[] {
  return sites
    .filter((site) => !call.known.has(site))
    .map((site) => ({ site, input: site === 'embed' ? call.input : null, action: FULL }));
}

/** The modulation of a call whose opening is known. */
export function modulationOf({ layout, known }: OpenCall): Modulation {
  const batch = knownFeature(known, 'embed').shape[0] ?? 1;
  return { layout, batch, rows: float32View(knownFeature(known, 'modulation')) };
}
