import { ForecastError } from '@forecache/core';

import { float32Tensor, float32View } from '../tensor/tensor-view.js';
import type { LocalTensor } from '../tensor/tensor.js';
import { actionAt } from './call-plan.js';
import type { Action, CallPlan, Granularity } from './model-host.js';
import { addGated } from './modulation.js';
import type { Modulation } from './modulation.js';
import type { TransformerLayout } from './transformer-layout.js';

/** A feature that the walk needs. Its `input` is only valid until the answer is there. */
export interface SiteCall {
  readonly site: string;
  /** Set for a site that is computed from one; null for modulation and for every forecast. */
  readonly input: LocalTensor | null;
  /** `full`: forward the input. Otherwise the feature comes from the site's history. */
  readonly action: Action;
}

/** Where the walk gets its features: a host's own network and history, or a sidecar. */
export interface FeatureSource {
  /** Features of sites that do not wait for each other's, in the order asked: one message where that costs. */
  features(calls: readonly SiteCall[]): Promise<readonly LocalTensor[]>;
  /** A true `hidden` or `output`, composed by the walk; only at that granularity. Copy what you keep. */
  observe(site: 'hidden' | 'output', feature: LocalTensor): Promise<void>;
}

/** One call of the network. */
export interface WalkCall {
  readonly layout: TransformerLayout;
  readonly plan: CallPlan;
  readonly granularity: Granularity;
  /** The network's input with the batch dimension first. */
  readonly input: LocalTensor;
  readonly source: FeatureSource;
}

const FULL: Action = Object.freeze({ kind: 'full' });

/**
 * Walks an adaLN-zero transformer (docs/architecture.md) and returns the network's output. A full call asks
 * for one site after the other; a forecast call asks for everything but the head in one go. What is computed
 * at a forecast call: `module` embed, modulation, additions, head; `hidden` embed, modulation, head; `output`
 * nothing.
 */
export async function walkTransformer(call: WalkCall): Promise<LocalTensor> {
  if (call.granularity === 'block') {
    throw new ForecastError('unimplemented', 'the walk has no sites of granularity block');
  }
  const isForecastOutput = call.granularity === 'output' && isForecast(call, 'output');
  if (isForecastOutput) return one(call, forecastCall(call, 'output'));
  const hidden = await walkBlocks(call);
  const velocity = await one(call, { site: 'head', input: hidden, action: FULL });
  if (call.granularity === 'output') await call.source.observe('output', velocity);
  return velocity;
}

async function walkBlocks(call: WalkCall): Promise<LocalTensor> {
  const { layout, source } = call;
  const forecasts = forecastSites(call).map((site) => forecastCall(call, site));
  const first: readonly SiteCall[] = [
    { site: 'embed', input: call.input, action: FULL },
    { site: 'modulation', input: null, action: FULL },
    ...forecasts,
  ];
  const features = await source.features(first);
  const known = new Map(first.map(({ site }, index) => [site, answered(features, index)]));
  const forecastHidden = known.get('hidden');
  if (forecastHidden !== undefined) return forecastHidden;
  const embedded = answered(features, 0);
  const values = new Float32Array(float32View(embedded));
  const hidden = float32Tensor(embedded.shape, values);
  const modulation: Modulation = {
    layout,
    batch: embedded.shape[0] ?? 1,
    rows: float32View(answered(features, 1)),
  };
  for (const site of layout.branches) {
    const branch =
      known.get(site.name) ?? (await one(call, { site: site.name, input: hidden, action: FULL }));
    addGated(values, float32View(branch), { modulation, site });
  }
  if (call.granularity === 'hidden') await source.observe('hidden', hidden);
  return hidden;
}

function forecastSites(call: WalkCall): readonly string[] {
  if (call.granularity === 'module') {
    return call.layout.branches.map(({ name }) => name).filter((name) => isForecast(call, name));
  }
  return call.granularity === 'hidden' && isForecast(call, 'hidden') ? ['hidden'] : [];
}

function isForecast(call: WalkCall, site: string): boolean {
  return actionAt(call.plan, site).kind !== 'full';
}

function forecastCall(call: WalkCall, site: string): SiteCall {
  return { site, input: null, action: actionAt(call.plan, site) };
}

async function one(call: WalkCall, siteCall: SiteCall): Promise<LocalTensor> {
  return answered(await call.source.features([siteCall]), 0);
}

function answered(features: readonly LocalTensor[], index: number): LocalTensor {
  const feature = features[index];
  if (feature !== undefined) return feature;
  throw new ForecastError('internal', `${index + 1} features asked, ${features.length} answered`);
}
