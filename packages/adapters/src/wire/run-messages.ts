import { invalidArgument } from '@forecache/core';

import type {
  CacheRun,
  CallReport,
  HistoryPlace,
  OpenRun,
  RunMode,
  RunOutcome,
} from '../cache-client/cache-client.js';
import type { CloseRunRequest } from '../gen/forecache/v1/CloseRunRequest.js';
import type { CloseRunRequest__Output } from '../gen/forecache/v1/CloseRunRequest.js';
import type { DecideRequest, DecideRequest__Output } from '../gen/forecache/v1/DecideRequest.js';
import type { HistoryPlace__Output } from '../gen/forecache/v1/HistoryPlace.js';
import type { OpenRunRequest, OpenRunRequest__Output } from '../gen/forecache/v1/OpenRunRequest.js';
import type { OpenRunResponse } from '../gen/forecache/v1/OpenRunResponse.js';
import type { OpenRunResponse__Output } from '../gen/forecache/v1/OpenRunResponse.js';
import type { ReportRequest, ReportRequest__Output } from '../gen/forecache/v1/ReportRequest.js';
import type { RunDescription__Output } from '../gen/forecache/v1/RunDescription.js';
import type { RunMode__Output } from '../gen/forecache/v1/RunMode.js';
import type { RunNetworkRequest } from '../gen/forecache/v1/RunNetworkRequest.js';
import type { RunNetworkRequest__Output } from '../gen/forecache/v1/RunNetworkRequest.js';
import type { RunNetworkResponse } from '../gen/forecache/v1/RunNetworkResponse.js';
import type { RunNetworkResponse__Output } from '../gen/forecache/v1/RunNetworkResponse.js';
import type { RunOutcome__Output } from '../gen/forecache/v1/RunOutcome.js';
import type { BranchConditioning, CallKey, CallPlan, Scalars } from '../model-host/model-host.js';
import { encodeTensor } from '../tensor/tensor-codec.js';
import type { PlacedTensor, SharedRegion } from '../tensor/tensor.js';
import { decodeBranches, encodeBranch } from './branch-messages.js';
import { enumCodec } from './enum-codec.js';
import { assertRunId, assertText, decodeCount, decodeFinite, required } from './fields.js';
import {
  decodeOutputRegion,
  decodeRequiredTensor,
  encodeOutputRegion,
} from './model-host-messages.js';
import type { OfRun } from './model-host-messages.js';
import {
  actionKinds,
  decodeCallPlan,
  decodeRunPlan,
  encodeCallPlan,
  encodeRunPlan,
} from './plan-messages.js';
import {
  decodeGranularity,
  decodeNetworkShape,
  decodeRunSetup,
  decodeScalars,
  encodeGranularity,
  encodeNetworkShape,
  encodeRunSetup,
} from './setup-messages.js';

/** Longest free text that a client may give itself. */
export const MAX_CLIENT_LENGTH = 128;

const runModes = enumCodec<RunMode, RunMode__Output>(
  { plan: 'RUN_MODE_PLAN', intercept: 'RUN_MODE_INTERCEPT', proxy: 'RUN_MODE_PROXY' },
  { constant: 'RUN_MODE_UNSPECIFIED', word: 'plan' },
);

const historyPlaces = enumCodec<HistoryPlace, HistoryPlace__Output>(
  { sidecar: 'HISTORY_PLACE_SIDECAR', host: 'HISTORY_PLACE_HOST' },
  { constant: 'HISTORY_PLACE_UNSPECIFIED', word: 'sidecar' },
);

const runOutcomes = enumCodec<RunOutcome, RunOutcome__Output>(
  { ok: 'RUN_OUTCOME_OK', interrupted: 'RUN_OUTCOME_INTERRUPTED', error: 'RUN_OUTCOME_ERROR' },
  { constant: 'RUN_OUTCOME_UNSPECIFIED', word: 'ok' },
);

/** What OpenRun answers: a `CacheRun` without its methods. */
export type OpenedRun = Pick<
  CacheRun,
  'runId' | 'policy' | 'plan' | 'setup' | 'ttlMs' | 'sharedDirectory' | 'sharedName' | 'warnings'
>;

/** `DecideRequest` in our words. */
export type Decide = OfRun<CallKey & { readonly scalars: Scalars }>;

/** `RunNetworkRequest` in our words. */
export type RunNetwork = OfRun<
  CallKey & { readonly input: PlacedTensor; readonly output: SharedRegion | null }
>;

/** `RunNetworkResponse` in our words. */
export interface NetworkOutput {
  readonly output: PlacedTensor;
  readonly plan: CallPlan;
}

/** `OpenRunRequest` from the wire, defaults filled in. */
export function decodeOpenRun(message: OpenRunRequest__Output): OpenRun {
  const mode = runModes.decode(message.mode, 'mode');
  const { name, options } = required(message.policy, 'policy');
  return {
    mode,
    policy: { name, options },
    granularity: decodeGranularity(message.granularity, 'granularity'),
    run: decodeRunDescription(required(message.run, 'run')),
    branches: decodeRunBranches(message, mode),
    model: message.model,
    sharedBytes: decodeCount(message.sharedBytes, 'shared_bytes'),
    historyPlace: historyPlaces.decode(message.historyPlace, 'history_place'),
    client: assertText('client', message.client, MAX_CLIENT_LENGTH),
  };
}

/** The message of `OpenRun`. */
export function encodeOpenRun(request: OpenRun): OpenRunRequest {
  return {
    mode: runModes.encode(request.mode),
    policy: { name: request.policy.name, options: { ...request.policy.options } },
    granularity: encodeGranularity(request.granularity),
    run: {
      steps: request.run.steps,
      calls: request.run.calls,
      timesteps: [...request.run.timesteps],
      sigmas: [...request.run.sigmas],
      network: encodeNetworkShape(request.run.network),
    },
    branches: request.branches.map(encodeBranch),
    model: request.model,
    sharedBytes: request.sharedBytes,
    historyPlace: historyPlaces.encode(request.historyPlace),
    client: request.client,
  };
}

/** `OpenRunResponse` from the wire. */
export function decodeOpenedRun(message: OpenRunResponse__Output): OpenedRun {
  return {
    runId: assertRunId('run_id', message.runId),
    policy: message.policy,
    plan: message.plan === null ? null : decodeRunPlan(message.plan, 'plan'),
    setup: decodeRunSetup(message.setup, 'setup'),
    ttlMs: decodeCount(message.ttlMs, 'ttl_ms'),
    sharedDirectory: message.sharedDirectory,
    sharedName: message.sharedName,
    warnings: message.warnings,
  };
}

/** The message of an opened run. */
export function encodeOpenedRun(run: OpenedRun): OpenRunResponse {
  return {
    runId: run.runId,
    policy: run.policy,
    plan: run.plan === null ? null : encodeRunPlan(run.plan),
    setup: encodeRunSetup(run.setup),
    ttlMs: run.ttlMs,
    sharedDirectory: run.sharedDirectory,
    sharedName: run.sharedName,
    warnings: [...run.warnings],
  };
}

/** `DecideRequest` from the wire. */
export function decodeDecide(message: DecideRequest__Output): Decide {
  const { branch, callIndex } = message;
  const scalars = decodeScalars(message.scalars, 'scalars');
  return { runId: assertRunId('run_id', message.runId), branch, callIndex, scalars };
}

/** The message of `Decide`. */
export function encodeDecide(request: Decide): DecideRequest {
  const { runId, branch, callIndex, scalars } = request;
  return { runId, branch, callIndex, scalars: { ...scalars } };
}

/** `RunNetworkRequest` from the wire. */
export function decodeRunNetwork(message: RunNetworkRequest__Output): RunNetwork {
  return {
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    callIndex: message.callIndex,
    input: decodeRequiredTensor(message.input, 'input'),
    output: decodeOutputRegion(message.output, 'output'),
  };
}

/** The message of `RunNetwork`. */
export function encodeRunNetwork(request: RunNetwork): RunNetworkRequest {
  return {
    runId: request.runId,
    branch: request.branch,
    callIndex: request.callIndex,
    input: encodeTensor(request.input),
    output: encodeOutputRegion(request.output),
  };
}

/** `RunNetworkResponse` from the wire. */
export function decodeNetworkOutput(message: RunNetworkResponse__Output): NetworkOutput {
  return {
    output: decodeRequiredTensor(message.output, 'output'),
    plan: decodeCallPlan(message.plan, 'plan'),
  };
}

/** The message of a network's output. */
export function encodeNetworkOutput(answer: NetworkOutput): RunNetworkResponse {
  return { output: encodeTensor(answer.output), plan: encodeCallPlan(answer.plan) };
}

/** `ReportRequest` from the wire. */
export function decodeReport(message: ReportRequest__Output): OfRun<CallReport> {
  return {
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    callIndex: message.callIndex,
    action: actionKinds.decode(message.action, 'action'),
    forwarded: message.forwarded,
    forecast: message.forecast,
    wallUs: decodeCount(message.wallUs, 'wall_us'),
    partial: message.partial,
    scalars: decodeScalars(message.scalars, 'scalars'),
  };
}

/** The message of a report. */
export function encodeReport(report: OfRun<CallReport>): ReportRequest {
  return {
    runId: report.runId,
    branch: report.branch,
    callIndex: report.callIndex,
    action: actionKinds.encode(report.action),
    forwarded: report.forwarded,
    forecast: report.forecast,
    wallUs: report.wallUs,
    partial: report.partial,
    scalars: { ...report.scalars },
  };
}

/** `CloseRunRequest` from the wire. */
export function decodeCloseRun(message: CloseRunRequest__Output): OfRun<{ outcome: RunOutcome }> {
  const outcome = runOutcomes.decode(message.outcome, 'outcome');
  return { runId: assertRunId('run_id', message.runId), outcome };
}

/** The message that closes a run. */
export function encodeCloseRun(request: OfRun<{ outcome: RunOutcome }>): CloseRunRequest {
  return { runId: request.runId, outcome: runOutcomes.encode(request.outcome) };
}

function decodeRunDescription(message: RunDescription__Output): OpenRun['run'] {
  const { steps } = message;
  if (steps < 1) throw invalidArgument('run.steps', 'an integer >= 1', steps);
  const calls = message.calls === 0 ? steps : message.calls;
  return {
    steps,
    calls,
    timesteps: decodePerCall(message.timesteps, 'run.timesteps', calls),
    sigmas: decodePerCall(message.sigmas, 'run.sigmas', calls),
    network: decodeNetworkShape(message.network, 'run.network'),
  };
}

function decodePerCall(values: readonly number[], name: string, calls: number): readonly number[] {
  if (values.length === 0 || values.length === calls) return decodeFinite(values, name);
  throw invalidArgument(`${name}.length`, `0 or the number of calls (${calls})`, values.length);
}

/** In plan mode only the names matter; the default is one joint branch. */
function decodeRunBranches(
  { branches }: OpenRunRequest__Output,
  mode: RunMode,
): readonly BranchConditioning[] {
  if (mode !== 'plan') return decodeBranches(branches, 'branches');
  if (branches.length === 0) return [{ branch: 'joint', batch: 1, tensors: [] }];
  const named = branches.map((branch) => ({ ...branch, batch: Math.max(1, branch.batch) }));
  return decodeBranches(named, 'branches');
}
