import type { ForecasterName, GrowthRule } from '@forecache/core';

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
  /** Numbers the host measured for this call, by name. Empty for static policies. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What a policy wants done at every forecastable site of a call. */
export type Decision =
  | { readonly kind: 'full' }
  | { readonly kind: 'reuse' }
  | {
      readonly kind: 'forecast';
      readonly forecaster: ForecasterName;
      /** Highest difference to use; fewer when the history is shorter. 0 .. MAX_ORDER. */
      readonly order: number;
      /** `official`: a difference is formed only at full calls >= warmup - 1. `eager`: as soon as there are two. */
      readonly growth: GrowthRule;
      /** The authors' `first_enhance`: used by the official growth rule. */
      readonly warmup: number;
      readonly position: PositionName;
    };

/** What a host did in a call, told to the policy afterwards. */
export interface CallResult {
  readonly kind: Decision['kind'];
  readonly scalars: Readonly<Record<string, number>>;
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
  /** The run the host should make instead; only fewer-steps changes it. */
  planRun(run: RunDescription): RunDescription;
  /** Why every call of this run comes out full, for the warning: `interval is 1`. Null: no reason of its own. */
  explainFull(run: RunDescription): string | null;
  decide(context: CallContext): Decision;
  observe(context: CallContext, result: CallResult): void;
  reset(): void;
  toString(): string;
}
