import { ForecastError, forecastWeights } from '@forecache/core';
import type { CachePolicy, CallContext, Decision } from './cache-policy.js';
import { positionsOf } from './run-description.js';

/** What to do at a site, with numbers instead of intentions. Weights belong to stored features, newest first. */
export type Action =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'forecast';
      readonly weights: readonly number[];
      /** Position of each weight's feature, newest first. */
      readonly positions: readonly number[];
    }
  | { readonly kind: 'reuse' };

/** What to do in one call. */
export interface CallPlan {
  readonly callIndex: number;
  /** At every forecastable site. */
  readonly action: Action;
  /** Sites that differ. */
  readonly exceptions: readonly { readonly site: string; readonly action: Action }[];
}

/**
 * The policy's decision for one call with its weights. Pure: asked twice, it answers the same. A forecast
 * whose only weight is 1 becomes a reuse. The plan compiler and `Decide` answer through it.
 */
export function decideCall(policy: CachePolicy, context: CallContext): CallPlan {
  const decision = policy.decide(context);
  assertHistory(policy, context, decision);
  return { callIndex: context.callIndex, action: actionFor(decision, context), exceptions: [] };
}

/** Stored features that the calls read at most. */
export function featuresUsed(calls: readonly CallPlan[]): number {
  return calls.reduce((most, call) => Math.max(most, featuresOf(call.action)), 0);
}

function featuresOf(action: Action): number {
  switch (action.kind) {
    case 'full':
      return 0;
    case 'reuse':
      return 1;
    case 'forecast':
      return action.weights.length;
  }
}

function actionFor(decision: Decision, context: CallContext): Action {
  if (decision.kind !== 'forecast') return { kind: decision.kind };
  const { forecaster, order, growth, warmup } = decision;
  const positionOf = positionsOf(context.run, decision.position);
  const newest = context.fullCalls.slice(-(order + 1));
  const { weights, positions } = forecastWeights({
    forecaster,
    order,
    growth,
    warmup,
    history: newest.map((call) => ({ call, position: positionOf(call) })),
    at: positionOf(context.callIndex),
  });
  return weights.length === 1 ? { kind: 'reuse' } : { kind: 'forecast', weights, positions };
}

function assertHistory(policy: CachePolicy, context: CallContext, decision: Decision): void {
  if (decision.kind === 'full' || context.fullCalls.length > 0) return;
  throw new ForecastError(
    'failed-precondition',
    `${policy} answered ${decision.kind} at call ${context.callIndex}, before any full call`,
  );
}
