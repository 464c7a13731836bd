import {
  describeSite,
  float32Tensor,
  float32View,
  NO_SETUP,
  sitesOfGranularity,
  transformerLayout,
  walkTransformer,
  withBatch,
  type FeatureSource,
  type HostRun,
  type LocalTensor,
  type ModelDescription,
  type SiteCall,
} from '@forecache/adapters';
import type { CallWeights, Granularity } from '@forecache/cache-policy';
import {
  createForwardSource,
  jointShape,
  type CalibrationRuns,
  type NetworkCaller,
} from '@forecache/sidecar';
import { combineSites } from './granularity-combine.js';
import { sampleOnHost } from './granularity-host-run.js';

/** True features of one call by site, joint batch: conditional samples, then unconditional ones. */
export type CallFeatures = ReadonlyMap<string, Float32Array>;

/** A walk of a schedule in which features are forecast inside the network. */
export interface SiteWalk {
  readonly runs: CalibrationRuns;
  readonly granularity: Granularity;
  readonly fullCalls: readonly number[];
  /** Most stored features that a forecast reads. */
  readonly history: number;
  readonly signal: AbortSignal;
  /**
   * Shown the features of a full call, the receiver's to keep. Answers weights of the calls up to the next full one: one
   * entry a group of images, as many groups as divide the batch.
   */
  onFull(gap: number, features: CallFeatures): readonly (readonly CallWeights[])[];
}

/** Walks the batch site by site. Answers the final samples, image after image. */
export async function walkSites(walk: SiteWalk): Promise<Float32Array> {
  const { runs, signal } = walk;
  const { host, manifest, labels } = runs;
  const description = await host.describe();
  const sites = sitesOfGranularity(description, walk.granularity);
  const joint = jointShape({ first: 0, labels }, manifest);
  const callerOf = (run: HostRun) => createSiteCaller(walk, { run, description, sites, ...joint });
  return sampleOnHost({ runs, runId: 'granularity-walk', setup: NO_SETUP, signal, callerOf });
}

interface WalkedRun {
  readonly run: HostRun;
  readonly description: ModelDescription;
  readonly sites: readonly string[];
  /** Of the joint batch. */
  readonly shape: readonly number[];
}

function createSiteCaller(walk: SiteWalk, walked: WalkedRun): NetworkCaller {
  const { granularity, fullCalls, history } = walk;
  const { run, description, sites, shape } = walked;
  const layout = transformerLayout(description);
  const setup = { ...NO_SETUP, granularity, sites };
  /** Newest first. */
  let stored: CallFeatures[] = [];
  let weights: readonly (readonly CallWeights[])[] = [];
  return {
    async call({ callIndex, x }, signal) {
      const gap = fullCalls.findLastIndex((call) => call <= callIndex);
      const skipped = callIndex - (fullCalls[gap] ?? NaN) - 1;
      const isFull = skipped < 0;
      const features = new Map<string, Float32Array>();
      const observe = (site: string, feature: LocalTensor) => {
        if (isFull && sites.includes(site)) features.set(site, float32View(feature).slice());
      };
      const network = createForwardSource({ run, callIndex, signal, observe });
      const byGroup = weights.map((ofGap) => ofGap[skipped] ?? []);
      const source = withForecasts(network, (site) => {
        const type = withBatch(describeSite(description, site).output, shape[0] ?? NaN);
        return float32Tensor(type.shape, combineSites(stored, { site, byGroup }));
      });
      const action = isFull
        ? ({ kind: 'full' } as const)
        : ({ kind: 'forecast', weights: [...(byGroup[0] ?? [])] } as const);
      const plan = { callIndex, action, exceptions: [] };
      const input = float32Tensor(shape, x);
      const output = await walkTransformer({ layout, setup, plan, input, source });
      if (isFull) {
        stored = [features, ...stored].slice(0, history);
        weights = walk.onFull(gap, features);
      }
      return { velocity: float32View(output), plan };
    },
  };
}

/** Answers forecasts from stored features and all else from the network. */
function withForecasts(
  network: FeatureSource,
  forecast: (site: string) => LocalTensor,
): FeatureSource {
  const answer = async (call: SiteCall): Promise<LocalTensor> => {
    if (call.action.kind === 'forecast') return forecast(call.site);
    const [feature] = await network.features([call]);
    return feature as LocalTensor;
  };
  return {
    async features(calls) {
      const features: LocalTensor[] = [];
      for (const call of calls) features.push(await answer(call));
      return features;
    },
    observe: (site, feature) => network.observe(site, feature),
  };
}
