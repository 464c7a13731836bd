import { ForecastError } from '@forecache/core';

import type { LocalTensor } from '../../tensor/tensor.js';
import type { Action } from '../model-host.js';

/** A feature that the walk needs. Its `input` is only valid until the answer is there. */
export interface SiteCall {
  readonly site: string;
  /** Set for a site that is computed from one, in full or in part; null for modulation and for every forecast. */
  readonly input: LocalTensor | null;
  /**
   * `full`: compute it; `partial`: compute the chosen tokens and answer the whole feature. Otherwise the feature comes
   * from the site's history; that of a residual or of `change` is a difference, which the walk adds.
   */
  readonly action: Action;
}

/** Where the walk gets its features: a host's own network and history, or a sidecar. */
export interface FeatureSource {
  /**
   * Features of sites that do not wait for each other's, in the order asked: one message where that costs. The walk
   * reads them until the call is finished, and never writes to them.
   */
  features(calls: readonly SiteCall[]): Promise<readonly LocalTensor[]>;
  /**
   * The true feature of a kept site that only the walk can compose: `blocks.<first>-<last>`, `hidden`, `change`,
   * `output`. Copy what you keep.
   */
  observe(site: string, feature: LocalTensor): Promise<void>;
  /**
   * What the modulation is made from, [batch, width], once `embed` is computed. Only a model host has it; from a source
   * without it, probe conditioning-change is refused.
   */
  conditioning?(): Float32Array;
}

/** Features of one call by site, asked before the walk comes to them. */
export type KnownFeatures = Map<string, LocalTensor>;

/** Asks for features that do not wait for each other's, and remembers them. */
export async function learn(
  source: FeatureSource,
  known: KnownFeatures,
  calls: readonly SiteCall[],
): Promise<void> {
  if (calls.length === 0) return;
  const features = await source.features(calls);
  calls.forEach(({ site }, index) => known.set(site, answered(features, index)));
}

/** Asks for one feature. */
export async function ask(source: FeatureSource, call: SiteCall): Promise<LocalTensor> {
  return answered(await source.features([call]), 0);
}

/** A feature that was asked before. */
export function knownFeature(known: KnownFeatures, site: string): LocalTensor {
  const feature = known.get(site);
  if (feature !== undefined) return feature;
  throw new ForecastError('internal', `site ${site} was not asked before it is needed`);
}

function answered(features: readonly LocalTensor[], index: number): LocalTensor {
  const feature = features[index];
  if (feature !== undefined) return feature;
  throw new ForecastError('internal', `${index + 1} features asked, ${features.length} answered`);
}
