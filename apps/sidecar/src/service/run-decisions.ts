import {
  type Action,
  type CallKey,
  type CallPlan,
  type RunPlan,
  type Scalars,
  weightsOf,
} from '@forecache/adapters';
import { ForecastError, invalidArgument } from '@forecache/core';
import { fullCallsBefore, isNeededLater } from './call-actions.js';
import { createCallMemo, type CallByCall, type CallResult } from './call-memo.js';
import type { ForecastTerm, SiteKey } from './feature-memory.js';
import type { RunSites } from './run-sites.js';

export interface RunDecisionsOptions {
  readonly callCount: number;
  readonly historySize: number;
  readonly sites: RunSites;
  /** The plan of a static policy, or the policy itself. */
  readonly source: RunPlan | CallByCall;
}

/** Every decision of one run, pure and idempotent: asked twice, a call has the same plan. */
export interface RunDecisions {
  readonly callCount: number;
  readonly sites: RunSites;
  /** Throws unless the run has this call. Decides nothing. */
  assertCall(call: CallKey): void;
  /**
   * The call's plan. A policy that decides call by call is asked with the first scalars that are given; without those
   * it needs, it computes in full.
   */
  callPlan(call: CallKey, scalars?: Scalars): CallPlan;
  /** The call's plan where it is decided already. */
  decidedPlan(call: CallKey): CallPlan | null;
  /** What was done and measured, for policies that learn from it. The first report of a call counts. */
  report(call: CallKey, result: CallResult): void;
  /** What the call does at a site; null where a site around it is not computed. */
  actionAt(call: CallKey, site: string): Action | null;
  /** The stored features that an action at a site is meant for, newest first, with their weights. */
  terms(call: CallKey, site: string): readonly ForecastTerm[];
  /** Whether a later call may need the true feature of this call. */
  isNeededLater(call: CallKey, site: string): boolean;
}

/** Decisions of a static plan, or memoised ones of a policy that decides call by call. */
export function createRunDecisions(options: RunDecisionsOptions): RunDecisions {
  const { source, callCount, historySize, sites } = options;
  const isStatic = 'calls' in source;
  const memo = isStatic ? null : createCallMemo(source);

  function assertCall({ callIndex }: CallKey): void {
    if (Number.isInteger(callIndex) && callIndex >= 0 && callIndex < callCount) return;
    throw invalidArgument('call_index', `an integer in 0..${callCount - 1}`, callIndex);
  }

  function plansOf(branch: string): readonly (CallPlan | undefined)[] {
    return isStatic ? source.calls : (memo?.plansOf(branch) ?? []);
  }

  function callPlan(call: CallKey, scalars: Scalars = {}): CallPlan {
    assertCall(call);
    const plan = memo === null ? plansOf(call.branch)[call.callIndex] : memo.decide(call, scalars);
    if (plan !== undefined) return plan;
    throw new ForecastError('internal', `the plan has no call ${call.callIndex}`);
  }

  const inEffect = (call: CallKey, site: string) => sites.actionInEffect(callPlan(call), site);

  return {
    callCount,
    sites,
    assertCall,
    callPlan,
    decidedPlan: ({ branch, callIndex }) => plansOf(branch)[callIndex] ?? null,
    report: (call, result) => memo?.report(call, result),
    actionAt: inEffect,
    terms(call, site) {
      const action = inEffect(call, site);
      const weights = action === null ? [] : weightsOf(action);
      const place = { calls: plansOf(call.branch), sites, site, callIndex: call.callIndex };
      const indices = fullCallsBefore(place, weights.length);
      if (indices.length < weights.length) throw tooShort({ ...call, site }, weights, indices);
      return indices.map((callIndex, index) => ({ callIndex, weight: weights[index] ?? 0 }));
    },
    isNeededLater(call, site) {
      if (inEffect(call, site)?.kind !== 'full') return false;
      if (!isStatic) return sites.kept.has(site);
      const place = { calls: source.calls, sites, site, callIndex: call.callIndex };
      return isNeededLater(place, historySize);
    },
  };
}

function tooShort(
  { branch, callIndex, site }: SiteKey & CallKey,
  weights: readonly number[],
  fullCalls: readonly number[],
): ForecastError {
  return new ForecastError(
    'failed-precondition',
    `site ${JSON.stringify(site)} of branch ${JSON.stringify(branch)} cannot be forecast at call ` +
      `${callIndex}: ${weights.length} weights need as many full calls before it, ` +
      `the plan has [${fullCalls.join(', ')}]`,
  );
}
