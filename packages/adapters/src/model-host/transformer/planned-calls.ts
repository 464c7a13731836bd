import { ForecastError } from '@forecache/core';

import { withBatch } from '../../tensor/tensor-type.js';
import type { LocalTensor, PlacedTensor, TensorType } from '../../tensor/tensor.js';
import { throwIfAborted } from '../../wire/abort.js';
import { createHiddenMemory } from '../walk/hidden-memory.js';
import type {
  Action,
  CallOutput,
  CallPlan,
  Measure,
  RunCall,
  RunSetup,
  Scalars,
} from '../model-host.js';
import { assertPlanFits } from './plan-checks.js';
import { createPlannedSource } from './planned-source.js';
import type { PlannedSource } from './planned-source.js';
import { createBranchProbes } from '../walk/probes/branch-probes.js';
import type { BranchProbes } from '../walk/probes/branch-probes.js';
import { isComputed, resolvePlan } from '../walk/resolved-plan.js';
import type { ResolvedPlan } from '../walk/resolved-plan.js';
import type { BranchState, RunState } from './run-state.js';
import { createSiteHistories } from './site-histories.js';
import type { SiteHistories } from './site-histories.js';
import { beginCall } from './transformer-call.js';
import { beginWalk } from '../walk/transformer-walk.js';
import type { Walk } from '../walk/transformer-walk.js';

/** How one request is answered. */
export interface PlannedCallOptions {
  readonly input: (tensor: PlacedTensor, type: TensorType) => LocalTensor;
  readonly signal: AbortSignal | undefined;
}

/** Whole calls of one branch by plan, with the history on this host. A request that fails changes nothing. */
export interface PlannedCalls {
  measure(request: Measure, options: PlannedCallOptions): Promise<Scalars>;
  run(request: RunCall, options: PlannedCallOptions): Promise<CallOutput>;
  /** Gives up what a measured call has computed so far, for the branch computes something else. Its input stays. */
  interrupt(): void;
  /** Forgets everything and gives its memory back. */
  clear(): void;
}

/** A call whose input is known. */
interface CallImage {
  readonly callIndex: number;
  readonly image: LocalTensor;
}

/** A call of which as much is computed as its probes measure. */
interface BegunCall {
  readonly walk: Walk;
  readonly source: PlannedSource;
  /** Of the request that computes right now: one begins the call, another may finish it. */
  readonly request: { signal: AbortSignal | undefined };
}

const FULL: Action = Object.freeze({ kind: 'full' });

/** No calls yet, nothing stored. */
export function createPlannedCalls(state: RunState, branch: BranchState): PlannedCalls {
  return new BranchCalls(state, branch);
}

class BranchCalls implements PlannedCalls {
  readonly #state: RunState;
  readonly #setup: RunSetup;
  readonly #branch: BranchState;
  readonly #histories: SiteHistories;
  readonly #probes: BranchProbes;
  #hidden = createHiddenMemory();
  /** The newest measured call. It may be run without its input, again and again. */
  #measured: CallImage | null = null;
  /** What is computed of the measured call; null once it was used or lost, and then it is begun again. */
  #begun: BegunCall | null = null;

  constructor(state: RunState, branch: BranchState) {
    this.#state = state;
    this.#setup = state.request.setup;
    this.#branch = branch;
    this.#histories = createSiteHistories(state, branch);
    this.#probes = createBranchProbes(this.#setup, state.context.layout);
  }

  async measure(request: Measure, { input, signal }: PlannedCallOptions): Promise<Scalars> {
    const { callIndex } = request;
    this.#state.timestep(callIndex, 'call_index');
    const given = input(request.input, this.#type('input'));
    // The caller may write to its own bytes before the call is run.
    const call = { callIndex, image: { ...given, bytes: given.bytes.slice() } };
    return this.#orNothing(async () => {
      const begun = await this.#begin(call, signal);
      throwIfAborted(signal);
      this.#measured = call;
      this.#begun = begun;
      return begun.walk.scalars;
    });
  }

  async run(request: RunCall, { input, signal }: PlannedCallOptions): Promise<CallOutput> {
    const { plan } = request;
    const resolved = this.#check(plan);
    this.#state.transfer.assertOutput(this.#type('output'), request.output);
    const call =
      request.input === null
        ? this.#measuredCall(plan.callIndex)
        : { callIndex: plan.callIndex, image: input(request.input, this.#type('input')) };
    const begun = call === this.#measured ? this.#begun : null;
    this.#begun = null;
    return this.#orNothing(async () => {
      const { walk, source, request: current } = begun ?? (await this.#begin(call, signal));
      current.signal = signal;
      const walked = await walk.finish(plan);
      throwIfAborted(signal);
      this.#stage(source, plan.callIndex, resolved);
      const output = this.#state.transfer.place(walked.output, request.output);
      this.#histories.commit();
      this.#branch.tokens?.commit();
      walked.commit();
      return { output, ...source.counts, scalars: walked.scalars };
    });
  }

  interrupt(): void {
    this.#begun = null;
    this.#branch.tokens?.rollback();
  }

  clear(): void {
    this.#measured = null;
    this.#begun = null;
    this.#histories.clear();
    this.#hidden = createHiddenMemory();
  }

  #type(of: 'input' | 'output'): TensorType {
    return withBatch(this.#state.context.description[of], this.#branch.batch);
  }

  /** Throws unless the plan can be done now; returns what it comes to. */
  #check(plan: CallPlan): ResolvedPlan {
    const { description, layout } = this.#state.context;
    assertPlanFits(plan, this.#setup, description);
    const { callIndex } = plan;
    this.#state.timestep(callIndex, 'plan.call_index');
    const resolved = resolvePlan(layout, this.#setup, plan);
    for (const { site, action } of resolved.actions) {
      if (action.kind !== 'partial') this.#histories.assertPossible(site, action, callIndex);
      else this.#branch.tokens?.assertPossible(site, action.selection, callIndex);
    }
    this.#setup.sites
      .filter((site) => isComputed(layout, resolved, site))
      .forEach((site) => this.#histories.assertPossible(site, FULL, callIndex));
    return resolved;
  }

  #measuredCall(callIndex: number): CallImage {
    if (this.#measured?.callIndex === callIndex) return this.#measured;
    const message = `call ${callIndex} of branch ${this.#branch.branch} needs its input: it is not the newest measured one`;
    throw new ForecastError('failed-precondition', message);
  }

  async #begin(
    { callIndex, image }: CallImage,
    signal: AbortSignal | undefined,
  ): Promise<BegunCall> {
    this.interrupt();
    const { network, layout } = this.#state.context;
    const branch = this.#branch;
    const timestep = this.#state.timestep(callIndex, 'call_index');
    const request = { signal };
    const source = createPlannedSource({
      begin: (embedded) => {
        const callInput = { ...branch, callIndex, image: embedded, timestep };
        return beginCall(network, layout, callInput);
      },
      forecast: ({ site, action }) => this.#histories.forecast(site, action),
      isKept: (site) => this.#setup.sites.includes(site),
      signal: () => request.signal,
    });
    const walk = await beginWalk({
      layout,
      setup: this.#setup,
      callIndex,
      input: image,
      source,
      probes: this.#probes,
      hidden: this.#hidden,
    });
    return { walk, source, request };
  }

  #stage(source: PlannedSource, callIndex: number, resolved: ResolvedPlan): void {
    const { layout } = this.#state.context;
    // A module that was only computed to be measured is not the plan's.
    const features = [...source.computed].filter(([site]) => isComputed(layout, resolved, site));
    this.#histories.stage(new Map(features), callIndex);
  }

  /** Runs a request's work; when it fails, nothing of it stays. */
  async #orNothing<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#histories.rollback();
      this.interrupt();
      throw error;
    }
  }
}
