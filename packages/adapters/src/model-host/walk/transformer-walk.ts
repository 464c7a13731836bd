import { invalidArgument } from '@forecache/core';

import { float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import { modulationOf, openingCalls } from './call-opening.js';
import { ask, knownFeature, learn } from './feature-source.js';
import type { FeatureSource, KnownFeatures, SiteCall } from './feature-source.js';
import { createHiddenMemory } from './hidden-memory.js';
import type { HiddenMemory, HiddenState } from './hidden-memory.js';
import type { Action, CallPlan, RunSetup, Scalars } from '../model-host.js';
import type { BranchProbes, CallProbes } from './probes/branch-probes.js';
import { seeBefore } from './probes/see-before.js';
import { LEVEL, resolvePlan, spanOf } from './resolved-plan.js';
import type { ResolvedPlan, SkippedSite } from './resolved-plan.js';
import { residualRange } from '../site-description.js';
import { addInto, copyOf, difference } from './tensor-difference.js';
import type { TransformerLayout } from '../transformer/transformer-layout.js';
import { watchRanges } from './watched-ranges.js';
import type { WatchedRanges } from './watched-ranges.js';

/** One call of the network, before its plan is known. */
export interface BeginWalk {
  readonly layout: TransformerLayout;
  readonly setup: RunSetup;
  readonly callIndex: number;
  /** The network's input with the batch dimension first. Read until the call is finished, never written. */
  readonly input: LocalTensor;
  readonly source: FeatureSource;
  /** The branch's probes; null measures nothing. */
  readonly probes: BranchProbes | null;
  /**
   * The branch's, used by one call at a time. Default: an array of the call's own and plain JavaScript, which is slower
   * and needs no setting up.
   */
  readonly hidden?: HiddenMemory;
}

/** A call that has computed what its probes measure beforehand, and waits for its plan. */
export interface Walk {
  /** What was measured before the call; empty without such probes. */
  readonly scalars: Scalars;
  /** Computes the rest. To be called once. */
  finish(plan: CallPlan): Promise<WalkedCall>;
}

/** A call that is done. */
export interface WalkedCall {
  /** The network's output; no history's own buffer. */
  readonly output: LocalTensor;
  /** What was measured after the call; empty without such probes. */
  readonly scalars: Scalars;
  /** Makes the probes remember this call. Without it, a call that fails afterwards has never been. */
  commit(): void;
}

/** One call of the network whose plan is known. */
export type WalkCall = Omit<BeginWalk, 'callIndex' | 'probes'> & { readonly plan: CallPlan };

const FULL: Action = Object.freeze({ kind: 'full' });

/** Walks one call in one go, without measuring. Returns the network's output. */
export async function walkTransformer(call: WalkCall): Promise<LocalTensor> {
  const { callIndex } = call.plan;
  const walk = await beginWalk({ ...call, callIndex, probes: null });
  return (await walk.finish(call.plan)).output;
}

/**
 * Begins a call of an adaLN-zero transformer (docs/architecture.md): computes no more than its probes measure. What is
 * computed here, `finish` does not ask for again. A full call asks for one site after the other; a forecast call asks
 * for everything but the head in one go. What is computed at a forecast call: `module`, `block` and `residual` embed,
 * modulation, additions, head; `hidden` embed, modulation, head; `output` and `change` nothing.
 */
export async function beginWalk(options: BeginWalk): Promise<Walk> {
  const { probes, callIndex, hidden = createHiddenMemory({ useSimd: false }) } = options;
  const known: KnownFeatures = new Map();
  const call = probes?.beginCall(callIndex) ?? null;
  const seen = probes && (await seeBefore({ ...options, hidden, known }, probes.needs));
  const walk: WalkState = { ...options, hidden, known, call, watched: watchedSites(options) };
  return {
    scalars: (seen && call?.before(seen)) ?? {},
    async finish(plan) {
      if (plan.callIndex !== callIndex) {
        throw invalidArgument('plan.call_index', `${callIndex}, as begun`, plan.callIndex);
      }
      const resolved = resolvePlan(options.layout, options.setup, plan);
      const output = await walkNetwork(walk, resolved);
      const end = { output: float32View(output), isComputed: resolved.actions.length === 0 };
      return { output, scalars: call?.after(end) ?? {}, commit: () => call?.commit() };
    },
  };
}

interface WalkState extends BeginWalk {
  readonly hidden: HiddenMemory;
  readonly known: KnownFeatures;
  readonly call: CallProbes | null;
  /** Kept and probed sites. */
  readonly watched: ReadonlySet<string>;
}

function watchedSites({ setup, probes }: BeginWalk): ReadonlySet<string> {
  return new Set([...setup.sites, ...(probes?.needs.features.keys() ?? [])]);
}

async function walkNetwork(walk: WalkState, plan: ResolvedPlan): Promise<LocalTensor> {
  const { source, input } = walk;
  const [first] = plan.actions;
  if (first?.level === LEVEL.end) {
    const output = copyOf(await ask(source, forecastCall(first)));
    if (first.site === 'change') addInto(float32View(output), float32View(input));
    return output;
  }
  const hidden = await walkHidden(walk, plan);
  const output = await ask(source, { site: 'head', input: hidden, action: FULL });
  if (walk.watched.has('change')) await tell(walk, 'change', difference(output, input));
  await tell(walk, 'output', output);
  return output;
}

async function walkHidden(walk: WalkState, plan: ResolvedPlan): Promise<LocalTensor> {
  const { layout, known } = walk;
  const [first] = plan.actions;
  if (first !== undefined) {
    // What was computed beforehand from a hidden state that this plan changes is not the plan's.
    layout.branches.slice(first.start).forEach(({ name }) => known.delete(name));
  }
  const forecasts = plan.actions.filter(({ action }) => action.kind !== 'partial');
  await learn(walk.source, known, [
    ...openingCalls(walk, ['embed', 'modulation']),
    ...forecasts.map(forecastCall),
  ]);
  if (first?.site === 'hidden') return knownFeature(known, 'hidden');
  const hidden = walk.hidden.begin(knownFeature(known, 'embed'));
  await walkBranches(walk, plan, hidden);
  await tell(walk, 'hidden', hidden.tensor);
  return hidden.tensor;
}

/** Adds every branch, or the range that replaces it, to the hidden state. */
async function walkBranches(
  walk: WalkState,
  plan: ResolvedPlan,
  hidden: HiddenState,
): Promise<void> {
  const { layout, known, call } = walk;
  const modulation = modulationOf(walk);
  const ranges = rangesToWatch(walk, plan);
  const skipped = new Map(plan.actions.map((skip) => [skip.start, skip]));
  let index = 0;
  for (let site = layout.branches[0]; site !== undefined; site = layout.branches[index]) {
    await ranges.visit(index, hidden.tensor);
    const skip = skipped.get(index);
    if (skip?.level === LEVEL.range) {
      hidden.addResidual(knownFeature(known, skip.site));
      index = skip.end;
      continue;
    }
    const action = skip?.action ?? FULL;
    const asked = { site: site.name, input: hidden.tensor, action };
    const branch = known.get(site.name) ?? (await ask(walk.source, asked));
    if (action.kind === 'full') call?.feature(site.name, float32View(branch));
    hidden.addBranch(branch, { modulation, site });
    index += 1;
  }
  await ranges.visit(index, hidden.tensor);
}

function rangesToWatch(walk: WalkState, plan: ResolvedPlan): WatchedRanges {
  const ranges = [...walk.watched]
    .filter((site) => residualRange(site) !== null)
    .filter((site) => plan.actions.every((skip) => skip.site !== site))
    .map((site) => ({ site, ...spanOf(walk.layout, site) }));
  return watchRanges(ranges, (site, residual) => tell(walk, site, residual));
}

/** Hands the true feature of a composed site to whoever wants it. */
async function tell(walk: WalkState, site: string, feature: LocalTensor): Promise<void> {
  walk.call?.feature(site, float32View(feature));
  if (walk.setup.sites.includes(site)) await walk.source.observe(site, feature);
}

function forecastCall({ site, action }: SkippedSite): SiteCall {
  return { site, input: null, action };
}
