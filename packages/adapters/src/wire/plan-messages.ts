import { invalidArgument } from '@forecache/core';

import type { RunPlan } from '../cache-client/cache-client.js';
import type { Action as ActionMessage, Action__Output } from '../gen/forecache/v1/Action.js';
import type { ActionKind__Output } from '../gen/forecache/v1/ActionKind.js';
import type {
  CallPlan as CallPlanMessage,
  CallPlan__Output,
} from '../gen/forecache/v1/CallPlan.js';
import type { Granularity__Output } from '../gen/forecache/v1/Granularity.js';
import type { RunPlan as RunPlanMessage, RunPlan__Output } from '../gen/forecache/v1/RunPlan.js';
import { assertAction, assertCallPlan } from '../model-host/call-plan.js';
import type { Action, CallPlan, Granularity } from '../model-host/model-host.js';
import { enumCodec } from './enum-codec.js';
import { required } from './fields.js';

/** `ActionKind`; not set means full: no answer means "compute it in full". */
export const actionKinds = enumCodec<Action['kind'], ActionKind__Output>(
  { full: 'ACTION_KIND_FULL', forecast: 'ACTION_KIND_FORECAST', reuse: 'ACTION_KIND_REUSE' },
  { constant: 'ACTION_KIND_UNSPECIFIED', word: 'full' },
);

/** `Granularity`; not set means module, the paper's. */
export const granularities = enumCodec<Granularity, Granularity__Output>(
  {
    module: 'GRANULARITY_MODULE',
    block: 'GRANULARITY_BLOCK',
    hidden: 'GRANULARITY_HIDDEN',
    output: 'GRANULARITY_OUTPUT',
  },
  { constant: 'GRANULARITY_UNSPECIFIED', word: 'module' },
);

const FULL: Action = Object.freeze({ kind: 'full' });
const REUSE: Action = Object.freeze({ kind: 'reuse' });

/** An action from the wire; an unset one is full. */
export function decodeAction(message: Action__Output | null, name: string): Action {
  if (message === null) return FULL;
  const kind = actionKinds.decode(message.kind, `${name}.kind`);
  if (kind !== 'forecast') {
    if (message.weights.length === 0) return kind === 'full' ? FULL : REUSE;
    throw invalidArgument(`${name}.weights`, `empty when kind is ${kind}`, message.weights);
  }
  const action: Action = { kind, weights: message.weights };
  assertAction(name, action);
  return action;
}

/** The message of an action. */
export function encodeAction(action: Action): ActionMessage {
  const kind = actionKinds.encode(action.kind);
  return action.kind === 'forecast' ? { kind, weights: [...action.weights] } : { kind };
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
    policy: message.policy,
    granularity: granularities.decode(message.granularity, `${name}.granularity`),
    steps: message.steps,
    historySize: message.historySize,
    calls: message.calls.map((call, index) => decodeCallPlan(call, `${name}.calls[${index}]`)),
  };
}

/** The message of a run's plan. */
export function encodeRunPlan(plan: RunPlan): RunPlanMessage {
  return {
    policy: plan.policy,
    granularity: granularities.encode(plan.granularity),
    steps: plan.steps,
    historySize: plan.historySize,
    calls: plan.calls.map(encodeCallPlan),
  };
}
