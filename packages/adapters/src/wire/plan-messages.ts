import { invalidArgument } from '@forecache/core';

import type { RunPlan } from '../cache-client/cache-client.js';
import type { Action as ActionMessage, Action__Output } from '../gen/forecache/v1/Action.js';
import type { ActionKind__Output } from '../gen/forecache/v1/ActionKind.js';
import type {
  CallPlan as CallPlanMessage,
  CallPlan__Output,
} from '../gen/forecache/v1/CallPlan.js';
import type { RunPlan as RunPlanMessage, RunPlan__Output } from '../gen/forecache/v1/RunPlan.js';
import type { TokenSelection as SelectionMessage } from '../gen/forecache/v1/TokenSelection.js';
import type { TokenSelection__Output } from '../gen/forecache/v1/TokenSelection.js';
import { assertAction, assertCallPlan, assertSelection } from '../model-host/call-plan.js';
import type { Action, CallPlan, TokenSelection } from '../model-host/model-host.js';
import { enumCodec } from './enum-codec.js';
import { required } from './fields.js';

/** `ActionKind`; not set means full: no answer means "compute it in full". */
export const actionKinds = enumCodec<Action['kind'], ActionKind__Output>(
  {
    full: 'ACTION_KIND_FULL',
    forecast: 'ACTION_KIND_FORECAST',
    reuse: 'ACTION_KIND_REUSE',
    partial: 'ACTION_KIND_PARTIAL',
  },
  { constant: 'ACTION_KIND_UNSPECIFIED', word: 'full' },
);

const FULL: Action = Object.freeze({ kind: 'full' });
const REUSE: Action = Object.freeze({ kind: 'reuse' });

/** An action from the wire; an unset one is full. */
export function decodeAction(message: Action__Output | null, name: string): Action {
  if (message === null) return FULL;
  const kind = actionKinds.decode(message.kind, `${name}.kind`);
  if (kind !== 'forecast' && message.weights.length > 0) {
    throw invalidArgument(`${name}.weights`, `empty when kind is ${kind}`, message.weights);
  }
  if (kind !== 'partial' && message.selection !== null) {
    throw invalidArgument(`${name}.selection`, `unset when kind is ${kind}`, 'set');
  }
  if (kind === 'full') return FULL;
  if (kind === 'reuse') return REUSE;
  const action: Action =
    kind === 'forecast'
      ? { kind, weights: message.weights }
      : { kind, selection: decodeSelection(message.selection, `${name}.selection`) };
  assertAction(name, action);
  return action;
}

/** Which tokens to compute, from the wire. */
export function decodeSelection(
  message: TokenSelection__Output | null,
  name: string,
): TokenSelection {
  const selection = { ...required(message, name) };
  assertSelection(name, selection);
  return selection;
}

/** The message of an action. */
export function encodeAction(action: Action): ActionMessage {
  const kind = actionKinds.encode(action.kind);
  if (action.kind === 'forecast') return { kind, weights: [...action.weights] };
  return action.kind === 'partial'
    ? { kind, selection: encodeSelection(action.selection) }
    : { kind };
}

/** The message of a token selection. */
export function encodeSelection(selection: TokenSelection): SelectionMessage {
  return { ...selection };
}

/** The plan of a call from the wire. */
export function decodeCallPlan(message: CallPlan__Output | null, name: string): CallPlan {
  const { callIndex, action, exceptions } = required(message, name);
  const plan: CallPlan = {
    callIndex,
    action: decodeAction(action, `${name}.action`),
    exceptions: exceptions.map((exception, index) => ({
      site: exception.site,
      action: decodeAction(exception.action, `${name}.exceptions[${index}].action`),
    })),
  };
  assertCallPlan(name, plan);
  return plan;
}

/** The message of a call's plan. */
export function encodeCallPlan(plan: CallPlan): CallPlanMessage {
  return {
    callIndex: plan.callIndex,
    action: encodeAction(plan.action),
    exceptions: plan.exceptions.map(({ site, action }) => ({ site, action: encodeAction(action) })),
  };
}

/** A run's plan from the wire. */
export function decodeRunPlan(message: RunPlan__Output, name: string): RunPlan {
  return {
    steps: message.steps,
    calls: message.calls.map((call, index) => decodeCallPlan(call, `${name}.calls[${index}]`)),
  };
}

/** The message of a run's plan. */
export function encodeRunPlan(plan: RunPlan): RunPlanMessage {
  return { steps: plan.steps, calls: plan.calls.map(encodeCallPlan) };
}
