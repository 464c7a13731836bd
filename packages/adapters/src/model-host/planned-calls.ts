import { invalidArgument } from '@forecache/core';

import { withBatch } from '../tensor/tensor-type.js';
import type { LocalTensor, PlacedTensor, TensorType } from '../tensor/tensor.js';
import { throwIfAborted } from '../wire/abort.js';
import { actionAt, assertCallPlan } from './call-plan.js';
import type { CallOutput, RunCall } from './model-host.js';
import type { RunState } from './run-state.js';
import { createSiteHistory } from './site-history.js';
import type { SiteHistory } from './site-history.js';
import { beginCall } from './transformer-call.js';
import type { TransformerCall } from './transformer-call.js';
import { sitesOfGranularity, siteOf } from './transformer-layout.js';
import { walkTransformer } from './transformer-walk.js';
import type { FeatureSource, SiteCall } from './transformer-walk.js';

/** How one planned call is run. */
export interface PlannedCallOptions {
  readonly input: (tensor: PlacedTensor, type: TensorType) => LocalTensor;
  readonly signal: AbortSignal | undefined;
}

/** Whole calls by plan, with the history on this host. */
export interface PlannedCalls {
  /** A call that fails changes no history. */
  run(request: RunCall, options: PlannedCallOptions): Promise<CallOutput>;
  /** Forgets all histories. */
  clear(): void;
}

/** Empty histories for every branch and site of a run. */
export function createPlannedCalls(state: RunState): PlannedCalls {
  const histories = createHistories(state);
  return {
    async run(request, { input, signal }) {
      const { description, layout } = state.context;
      const { plan, granularity } = request;
      const { batch } = state.branch(request.branch);
      const sites = checkedSites(state, request);
      const historyOf = (site: string) => histories.of(request.branch, site);
      for (const site of sites) {
        historyOf(site).assertPossible(actionAt(plan, site), plan.callIndex);
      }
      state.transfer.assertOutput(withBatch(description.output, batch), request.output);
      const image = input(request.input, withBatch(description.input, batch));
      const call = countedSource({
        begin: (embedInput) => beginPlannedCall(state, request, embedInput),
        forecast: (siteCall) => historyOf(siteCall.site).forecast(siteCall.action),
        isStored: (site) => sites.includes(site),
        signal,
      });
      const { source } = call;
      const walked = await walkTransformer({ layout, plan, granularity, input: image, source });
      throwIfAborted(signal);
      // A forecast output is its history's own buffer, which the next forecast overwrites.
      const output = granularity === 'output' ? { ...walked, bytes: walked.bytes.slice() } : walked;
      const stored = [...call.computed].map(([site, feature]) => {
        return { history: historyOf(site), feature };
      });
      storeAll(stored, plan.callIndex);
      return { output: state.transfer.place(output, request.output), ...call.counts };
    },
    clear: histories.clear,
  };
}

function createHistories(state: RunState) {
  const { context, request } = state;
  const histories = new Map<string, SiteHistory>();
  const create = (branch: string, site: string) =>
    createSiteHistory({
      arena: state.arena,
      site,
      type: withBatch(siteOf(context.description, site).output, state.branch(branch).batch),
      size: request.historySize,
    });
  return {
    of(branch: string, site: string): SiteHistory {
      const key = `${branch} ${site}`;
      const history = histories.get(key) ?? create(branch, site);
      histories.set(key, history);
      return history;
    },
    clear() {
      histories.forEach((history) => history.clear());
    },
  };
}

/** Stores the features of one call, or none of them when the memory does not reach. */
function storeAll(
  features: readonly { readonly history: SiteHistory; readonly feature: LocalTensor }[],
  callIndex: number,
): void {
  try {
    features.forEach(({ history, feature }) => history.stage(callIndex, feature));
  } catch (error) {
    features.forEach(({ history }) => history.rollback());
    throw error;
  }
  features.forEach(({ history }) => history.commit());
}

/** The sites that the plan is about, after all checks that need no history. */
function checkedSites(state: RunState, { plan, granularity }: RunCall): readonly string[] {
  const { description } = state.context;
  assertCallPlan('plan', plan);
  state.timestep(plan.callIndex, 'plan.call_index');
  const sites = sitesOfGranularity(description, granularity);
  plan.exceptions.forEach(({ site }, index) => {
    siteOf(description, site);
    if (sites.includes(site)) return;
    const rule = `a site of granularity ${granularity}`;
    throw invalidArgument(`plan.exceptions[${index}].site`, rule, site);
  });
  return sites;
}

function beginPlannedCall(
  state: RunState,
  request: RunCall,
  image: LocalTensor,
): Promise<TransformerCall> {
  const { network, layout } = state.context;
  const { callIndex } = request.plan;
  const branch = state.branch(request.branch);
  const timestep = state.timestep(callIndex, 'plan.call_index');
  return beginCall(network, layout, { ...branch, callIndex, image, timestep });
}

interface SourceParts {
  readonly begin: (input: LocalTensor) => Promise<TransformerCall>;
  readonly forecast: (call: SiteCall) => LocalTensor;
  readonly isStored: (site: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** A source over this host's network and history that counts, and holds back what is to be stored. */
function countedSource(parts: SourceParts) {
  const counts = { forwarded: 0, forecast: 0 };
  const computed = new Map<string, LocalTensor>();
  let call: TransformerCall | null = null;
  const feature = async (request: SiteCall): Promise<LocalTensor> => {
    throwIfAborted(parts.signal);
    if (request.action.kind !== 'full') {
      counts.forecast += 1;
      return parts.forecast(request);
    }
    counts.forwarded += 1;
    if (call === null || request.site === 'embed') {
      if (request.input === null) throw invalidArgument('input', 'set for site embed', null);
      call = await parts.begin(request.input);
      return call.embedded;
    }
    const output = await call.compute(request.site, request.input);
    if (parts.isStored(request.site)) computed.set(request.site, output);
    return output;
  };
  const source: FeatureSource = {
    async features(requests) {
      const outputs: LocalTensor[] = [];
      for (const request of requests) outputs.push(await feature(request));
      return outputs;
    },
    async observe(site, output) {
      computed.set(site, output);
    },
  };
  return { source, counts, computed };
}
