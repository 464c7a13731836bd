import { ForecastError, forecastWeights, MAX_ORDER } from '@forecache/core';
import type { CachePolicy, CallContext, Decision } from './cache-policy.js';
import { positionsOf } from './run-description.js';
import type { TokenSelection } from './token-selection.js';

/** What to do at a site, with numbers instead of intentions. Weights belong to stored features, newest first. */
export type Action =
  | { readonly kind: 'full' }
  | { readonly kind: 'forecast'; readonly weights: readonly number[] }
  | { readonly kind: 'reuse' }
  | { readonly kind: 'partial'; readonly selection: TokenSelection };

/** What to do in one call. */
export interface CallPlan {
  readonly callIndex: number;
  /** At every kept site. */
  readonly action: Action;
  /** Sites that differ. */
  readonly exceptions: readonly { readonly site: string; readonly action: Action }[];
}

const FULL_ACTION: Action = Object.freeze({ kind: 'full' });

/**
 * The policy's decision for one call with its weights. Pure: asked twice, it answers the same. A forecast
 * whose only weight is 1 becomes a reuse. The plan compiler and `Decide` answer through it.
 */
export function decideCall(policy: CachePolicy, context: CallContext): CallPlan {
  const decision = policy.decide(context);
  assertHistory(policy, context, decision);
  const { callIndex } = context;
  if (decision.kind === 'by-site') {
    const exceptions = decision.sites.map(({ site, decision: action }) => ({ site, action }));
    return { callIndex, action: FULL_ACTION, exceptions };
  }
  return { callIndex, action: actionFor(decision, context), exceptions: [] };
}

/** Stored features that the calls read at most. */
export function featuresUsed(calls: readonly CallPlan[]): number {
  const actions = calls.flatMap(({ action, exceptions }) => [
    action,
    ...exceptions.map((exception) => exception.action),
  ]);
  return actions.reduce((most, action) => Math.max(most, featuresOf(action)), 0);
}

/** Whether a call computes everything. */
export function isFullCall({ action, exceptions }: CallPlan): boolean {
  return action.kind === 'full' && exceptions.every((other) => other.action.kind === 'full');
}

function featuresOf(action: Action): number {
  switch (action.kind) {
    case 'full':
    case 'partial':
      return 0;
    case 'reuse':
      return 1;
    case 'forecast':
      return action.weights.length;
  }
}

function actionFor(
  decision: Exclude<Decision, { readonly kind: 'by-site' }>,
  context: CallContext,
): Action {
  switch (decision.kind) {
    case 'full':
    case 'reuse':
      return { kind: decision.kind };
    case 'weights':
      return forecastOrReuse(decision.weights);
    case 'forecast':
      return forecastOrReuse(positionWeights(decision, context));
  }
}

function forecastOrReuse(weights: readonly number[]): Action {
  const isReuse = weights.length === 1 && weights[0] === 1;
  return isReuse ? { kind: 'reuse' } : { kind: 'forecast', weights };
}

function positionWeights(
  { rule, position }: Decision & { readonly kind: 'forecast' },
  { run, fullCalls, callIndex }: CallContext,
): readonly number[] {
  const positionOf = positionsOf(run, position);
  const history = fullCalls
    .slice(-(MAX_ORDER + 1))
    .map((call) => ({ call, position: positionOf(call) }));
  const at = positionOf(callIndex);
  if (rule.forecaster !== 'chebyshev') return forecastWeights({ ...rule, history, at }).weights;
  const span = [positionOf(0), positionOf(run.calls - 1)] as const;
  return forecastWeights({ ...rule, span, history, at }).weights;
}

function assertHistory(policy: CachePolicy, context: CallContext, decision: Decision): void {
  if (decision.kind === 'full' || context.fullCalls.length > 0) return;
  throw new ForecastError(
    'failed-precondition',
    `${policy} answered ${decision.kind} at call ${context.callIndex}, before any full call`,
  );
}
