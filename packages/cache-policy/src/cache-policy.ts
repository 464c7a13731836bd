import type { ForecastRule } from '@forecache/core';
import type { Granularity, NetworkShape } from './network-shape.js';
import type { TokenCache, TokenSelection } from './token-selection.js';
import type { Probe } from './probe.js';

/** Which coordinate of a call a forecast is made in. `call` is the call index, the paper's choice. */
export type PositionName = 'call' | 'timestep' | 'sigma';

/** The facts of a run that a policy decides from. */
export interface RunDescription {
  /** Sampler steps, >= 1. */
  readonly steps: number;
  /** Calls of the network the sampler will make; a Heun step makes two. */
  readonly calls: number;
  /** Timestep of each call, strictly monotone; needed for `position = timestep`. */
  readonly timesteps?: readonly number[];
  /** Noise level of each call, strictly monotone; needed for `position = sigma`. */
  readonly sigmas?: readonly number[];
  /** The network's modules; needed by policies that treat them differently. */
  readonly network?: NetworkShape;
}

/** One call of one branch, as a policy sees it before the call is made. */
export interface CallContext {
  readonly run: RunDescription;
  /** Branch of the run: `cond`, `uncond` or `joint`. */
  readonly branch: string;
  /** Counted up from 0. */
  readonly callIndex: number;
  /** Indices of this branch's earlier full calls, oldest first. */
  readonly fullCalls: readonly number[];
  /** What the policy's probes measured before this call, by name. Empty for static policies. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What to do at one site. */
export type SiteDecision =
  | { readonly kind: 'full' }
  | { readonly kind: 'reuse' }
  /** Compute chosen tokens only; at sites of the policy's token cache. */
  | { readonly kind: 'partial'; readonly selection: TokenSelection };

/** What a policy wants done in a call. All but `by-site` mean every kept site. */
export type Decision =
  | { readonly kind: 'full' }
  | { readonly kind: 'reuse' }
  | {
      readonly kind: 'forecast';
      readonly rule: ForecastRule;
      readonly position: PositionName;
    }
  /** Weights that come from measurements instead of positions, newest full call first. */
  | { readonly kind: 'weights'; readonly weights: readonly number[] }
  /** Sites that are not named are computed. */
  | {
      readonly kind: 'by-site';
      readonly sites: readonly { readonly site: string; readonly decision: SiteDecision }[];
    };

/** What a host did in a call, told to the policy afterwards. */
export interface CallResult {
  readonly kind: 'full' | 'reuse' | 'forecast' | 'partial';
  /** What the policy's probes measured after the call, by name. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What hosts prepare for a policy. */
export interface PolicySetup {
  /** Kept sites; empty means every site of the granularity. */
  readonly sites: readonly string[];
  /** Set when the policy has partial decisions. */
  readonly tokenCache: TokenCache | null;
  /** Measurements that decisions are made from; none for a static policy. */
  readonly probes: readonly Probe[];
}

/**
 * When a policy must be asked. `run-start` policies are static: every decision is known from the run's
 * description, so the whole plan is compiled before the first call.
 */
export type AskTime =
  | 'run-start'
  | 'call-start'
  | 'after-first-blocks'
  | 'inside-layer'
  | 'call-end';

/**
 * Decides what each call does. `decide` is a pure read: asked twice it answers the same, and a retry
 * moves nothing. State changes only in `observe` (told what happened, once a call) and `reset` (a new run).
 * `toString` prints name and effective options: `taylorseer(interval=5, order=2, warmup=3)`.
 */
export interface CachePolicy {
  readonly name: string;
  readonly asksAt: AskTime;
  /** Stored features a site needs at most: order + 1; 0 for a policy that never forecasts. */
  readonly historySize: number;
  /** Where its decisions can apply; the first is the default. */
  readonly granularities: readonly Granularity[];
  /** What hosts prepare for this run at one of its granularities. Throws when the run lacks what it needs. */
  setup(run: RunDescription, granularity: Granularity): PolicySetup;
  /** The run the host should make instead; only fewer-steps changes it. */
  planRun(run: RunDescription): RunDescription;
  /** Why every call of this run comes out full, for the warning: `interval is 1`. Null: no reason of its own. */
  explainFull(run: RunDescription): string | null;
  decide(context: CallContext): Decision;
  observe(context: CallContext, result: CallResult): void;
  reset(): void;
  toString(): string;
}
