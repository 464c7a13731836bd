import type { BeginRunRequest } from '../gen/forecache/v1/BeginRunRequest.js';
import type { BeginRunRequest__Output } from '../gen/forecache/v1/BeginRunRequest.js';
import type { CombineRequest } from '../gen/forecache/v1/CombineRequest.js';
import type { CombineRequest__Output } from '../gen/forecache/v1/CombineRequest.js';
import type { ForwardRequest } from '../gen/forecache/v1/ForwardRequest.js';
import type { ForwardRequest__Output } from '../gen/forecache/v1/ForwardRequest.js';
import type { ForwardResponse } from '../gen/forecache/v1/ForwardResponse.js';
import type { ForwardResponse__Output } from '../gen/forecache/v1/ForwardResponse.js';
import type { MeasureRequest } from '../gen/forecache/v1/MeasureRequest.js';
import type { MeasureRequest__Output } from '../gen/forecache/v1/MeasureRequest.js';
import type { RunCallRequest } from '../gen/forecache/v1/RunCallRequest.js';
import type { RunCallRequest__Output } from '../gen/forecache/v1/RunCallRequest.js';
import type { RunCallResponse } from '../gen/forecache/v1/RunCallResponse.js';
import type { RunCallResponse__Output } from '../gen/forecache/v1/RunCallResponse.js';
import type { SharedRegion__Output } from '../gen/forecache/v1/SharedRegion.js';
import type { Tensor__Output } from '../gen/forecache/v1/Tensor.js';
import type {
  BeginRun,
  CallOutput,
  Combine,
  Forward,
  Forwarded,
  Measure,
  RunCall,
} from '../model-host/model-host.js';
import {
  decodeHandle,
  decodeRegion,
  decodeTensor,
  encodeHandle,
  encodeRegion,
  encodeTensor,
} from '../tensor/tensor-codec.js';
import type { PlacedTensor, SharedRegion } from '../tensor/tensor.js';
import { decodeBranches, encodeBranch } from './branch-messages.js';
import { assertRunId, decodeFinite, required } from './fields.js';
import {
  decodeCallPlan,
  decodeSelection,
  encodeCallPlan,
  encodeSelection,
} from './plan-messages.js';
import { decodeRunSetup, decodeScalars, encodeRunSetup } from './setup-messages.js';

/** A request together with the run it belongs to. */
export type OfRun<Request> = Request & { readonly runId: string };

/** A tensor that has to be set. */
export function decodeRequiredTensor(message: Tensor__Output | null, name: string): PlacedTensor {
  return decodeTensor(required(message, name), name);
}

/** Where an output goes; null means inline. */
export function decodeOutputRegion(
  message: SharedRegion__Output | null,
  name: string,
): SharedRegion | null {
  return message === null ? null : decodeRegion(message, name);
}

/** The message of an output region. */
export function encodeOutputRegion(region: SharedRegion | null) {
  return region === null ? null : encodeRegion(region);
}

/** `BeginRunRequest` from the wire. */
export function decodeBeginRun(message: BeginRunRequest__Output): BeginRun {
  return {
    runId: assertRunId('run_id', message.runId),
    branches: decodeBranches(message.branches, 'branches'),
    timesteps: decodeFinite(message.timesteps, 'timesteps'),
    sharedDirectory: message.sharedDirectory,
    setup: decodeRunSetup(message.setup, 'setup'),
  };
}

/** The message of `BeginRun`. */
export function encodeBeginRun(request: BeginRun): BeginRunRequest {
  return {
    runId: request.runId,
    branches: request.branches.map(encodeBranch),
    timesteps: [...request.timesteps],
    sharedDirectory: request.sharedDirectory,
    setup: encodeRunSetup(request.setup),
  };
}

/** `ForwardRequest` from the wire. */
export function decodeForward(message: ForwardRequest__Output): OfRun<Forward> {
  return {
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    callIndex: message.callIndex,
    site: message.site,
    input: message.input === null ? null : decodeTensor(message.input, 'input'),
    output: decodeOutputRegion(message.output, 'output'),
    keep: message.keep,
    selection: message.selection && decodeSelection(message.selection, 'selection'),
  };
}

/** The message of `Forward`. */
export function encodeForward(request: OfRun<Forward>): ForwardRequest {
  return {
    runId: request.runId,
    branch: request.branch,
    callIndex: request.callIndex,
    site: request.site,
    input: request.input === null ? null : encodeTensor(request.input),
    output: encodeOutputRegion(request.output),
    keep: request.keep,
    selection: request.selection && encodeSelection(request.selection),
  };
}

/** `ForwardResponse` from the wire, without an error. */
export function decodeForwarded(message: ForwardResponse__Output): Forwarded {
  return {
    output: decodeRequiredTensor(message.output, 'output'),
    kept: message.kept === null ? null : decodeHandle(message.kept, 'kept'),
  };
}

/** The message of `Forwarded`. */
export function encodeForwarded(answer: Forwarded): ForwardResponse {
  return {
    output: encodeTensor(answer.output),
    kept: answer.kept === null ? null : encodeHandle(answer.kept),
  };
}

/** `CombineRequest` from the wire. */
export function decodeCombine(message: CombineRequest__Output): OfRun<Combine> {
  return {
    runId: assertRunId('run_id', message.runId),
    handles: message.handles.map((handle, index) => decodeHandle(handle, `handles[${index}]`)),
    weights: message.weights,
    output: decodeOutputRegion(message.output, 'output'),
    release: message.release.map((handle, index) => decodeHandle(handle, `release[${index}]`)),
  };
}

/** The message of `Combine`. */
export function encodeCombine(request: OfRun<Combine>): CombineRequest {
  return {
    runId: request.runId,
    handles: request.handles.map(encodeHandle),
    weights: [...request.weights],
    output: encodeOutputRegion(request.output),
    release: request.release.map(encodeHandle),
  };
}

/** `MeasureRequest` from the wire. */
export function decodeMeasure(message: MeasureRequest__Output): OfRun<Measure> {
  return {
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    callIndex: message.callIndex,
    input: decodeRequiredTensor(message.input, 'input'),
  };
}

/** The message of `Measure`. */
export function encodeMeasure(request: OfRun<Measure>): MeasureRequest {
  const { runId, branch, callIndex, input } = request;
  return { runId, branch, callIndex, input: encodeTensor(input) };
}

/** `RunCallRequest` from the wire. */
export function decodeRunCall(message: RunCallRequest__Output): OfRun<RunCall> {
  return {
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    plan: decodeCallPlan(message.plan, 'plan'),
    input: message.input === null ? null : decodeTensor(message.input, 'input'),
    output: decodeOutputRegion(message.output, 'output'),
  };
}

/** The message of `RunCall`. */
export function encodeRunCall(request: OfRun<RunCall>): RunCallRequest {
  return {
    runId: request.runId,
    branch: request.branch,
    plan: encodeCallPlan(request.plan),
    input: request.input === null ? null : encodeTensor(request.input),
    output: encodeOutputRegion(request.output),
  };
}

/** `RunCallResponse` from the wire. */
export function decodeCallOutput(message: RunCallResponse__Output): CallOutput {
  return {
    output: decodeRequiredTensor(message.output, 'output'),
    forwarded: message.forwarded,
    forecast: message.forecast,
    partial: message.partial,
    scalars: decodeScalars(message.scalars, 'scalars'),
  };
}

/** The message of `CallOutput`. */
export function encodeCallOutput(answer: CallOutput): RunCallResponse {
  return {
    output: encodeTensor(answer.output),
    forwarded: answer.forwarded,
    forecast: answer.forecast,
    partial: answer.partial,
    scalars: { ...answer.scalars },
  };
}
