import {
  assertSameType,
  byteLength,
  callKind,
  measuresBefore,
  withBatch,
  type CallKey,
  type CallOutput,
  type CallPlan,
  type PlacedTensor,
  type RunSetup,
  type SharedRegion,
  type TensorType,
} from '@forecache/adapters';
import { ForecastError, invalidArgument } from '@forecache/core';
import { batchOf } from './feature-step.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';
import type { RunDecisions } from './run-decisions.js';
import { assertOwnRegion, type RunFile } from './run-file.js';
import type { RunHost } from './run-host.js';

/** One whole call of the network. */
export interface NetworkCall extends CallKey {
  readonly input: PlacedTensor;
  readonly output: SharedRegion | null;
}

/** What the model host made of it. */
export interface NetworkAnswer extends CallOutput {
  readonly plan: CallPlan;
}

export interface ProxyOptions {
  /** What the host was prepared for. */
  readonly setup: RunSetup;
  readonly batches: ReadonlyMap<string, number>;
  /** Per sample. */
  readonly input: TensorType;
  readonly output: TensorType;
  readonly decisions: RunDecisions;
  readonly host: RunHost;
  readonly file: RunFile | null;
  readonly limits: ServiceLimits;
}

/** Drives the model host call by call; the history is on the host. */
export interface Proxy {
  runNetwork(call: NetworkCall, signal: AbortSignal): Promise<NetworkAnswer>;
}

interface BranchProgress {
  /** Calls that the host has made, so that its history holds the features of the full ones. */
  readonly made: Set<number>;
  readonly newest: NewestCall;
}

interface NewestCall {
  readonly callIndex: number;
  readonly answer: NetworkAnswer;
  /** A copy of its own: the client may write to its region again. */
  readonly bytes: Uint8Array;
}

/**
 * A branch's calls come in order, each at most once on the host: a repeat of the newest call is answered
 * again from memory, since a second run of it would move the host's history.
 */
export function createProxy(options: ProxyOptions): Proxy {
  const { batches, decisions, file, host } = options;
  const branches = new Map<string, BranchProgress>();
  return {
    async runNetwork(call, signal) {
      const batch = batchOf({ batches }, call.branch);
      decisions.assertCall(call);
      assertCall(options, call, batch);
      const progress = branches.get(call.branch);
      if (progress?.newest.callIndex === call.callIndex) return repeat(progress.newest, call, file);
      assertOrder(call, progress);
      const answer = await makeCall(options, progress, { call, signal });
      const type = withBatch(options.output, batch);
      assertSameType(`output of model host ${host.address}`, type, answer.output);
      decisions.report(call, { kind: callKind(answer.plan), scalars: answer.scalars });
      const newest = { callIndex: call.callIndex, answer, bytes: copyOutput(answer.output, file) };
      const made = (progress?.made ?? new Set()).add(call.callIndex);
      branches.set(call.branch, { made, newest });
      return answer;
    },
  };
}

/** Measures what the policy decides from, where it does; decides; and lets the host do it. */
async function makeCall(
  options: ProxyOptions,
  progress: BranchProgress | undefined,
  { call, signal }: { readonly call: NetworkCall; readonly signal: AbortSignal },
): Promise<NetworkAnswer> {
  const { decisions, host, setup } = options;
  const { branch, callIndex, input, output } = call;
  const isMeasured = measuresBefore(setup);
  const scalars = isMeasured ? await host.measure({ branch, callIndex, input }, signal) : {};
  const plan = decisions.callPlan({ branch, callIndex }, scalars);
  assertHostHistory(options, call, progress);
  const request = { branch, plan, input: isMeasured ? null : input, output };
  return { ...(await host.runCall(request, signal)), plan };
}

function copyOutput(output: PlacedTensor, file: RunFile | null): Uint8Array {
  if (output.place === 'inline') return output.bytes;
  if (output.place === 'region' && file !== null) return file.read(output.region);
  throw new ForecastError('internal', `the model host answered a call with a ${output.place}`);
}

function repeat(newest: NewestCall, call: NetworkCall, file: RunFile | null): NetworkAnswer {
  const { answer, bytes } = newest;
  const { dtype, shape } = answer.output;
  if (call.output === null || file === null) {
    return { ...answer, output: { dtype, shape, place: 'inline', bytes } };
  }
  file.write(call.output, bytes);
  return { ...answer, output: { dtype, shape, place: 'region', region: call.output } };
}

function assertCall(options: ProxyOptions, call: NetworkCall, batch: number): void {
  const { file } = options;
  assertSameType('input', withBatch(options.input, batch), call.input);
  if (call.input.place === 'region') assertOwnRegion('input.region', call.input.region, file);
  const length = byteLength(withBatch(options.output, batch));
  if (call.output === null) {
    const what = 'inline bytes of one reply';
    assertWithinLimit(options.limits, { limit: 'maxMessageBytes', what, asked: length });
    return;
  }
  assertOwnRegion('output', call.output, file);
  if (call.output.byteLength === length) return;
  throw invalidArgument(
    'output.byte_length',
    `the output's ${length} bytes`,
    call.output.byteLength,
  );
}

function assertOrder(call: CallKey, progress: BranchProgress | undefined): void {
  if (progress === undefined || call.callIndex > progress.newest.callIndex) return;
  throw new ForecastError(
    'failed-precondition',
    `call ${call.callIndex} of branch ${JSON.stringify(call.branch)} cannot be computed after call ` +
      `${progress.newest.callIndex}: the model host's history has moved on`,
  );
}

/** A forecast from other features than the plan means would be silently wrong. */
function assertHostHistory(
  { decisions }: ProxyOptions,
  call: CallKey,
  progress: BranchProgress | undefined,
): void {
  for (const site of decisions.sites.kept) {
    const needed = decisions.terms(call, site).map((term) => term.callIndex);
    const missing = needed.filter((callIndex) => progress?.made.has(callIndex) !== true);
    if (missing.length === 0) continue;
    throw new ForecastError(
      'failed-precondition',
      `site ${JSON.stringify(site)} of branch ${JSON.stringify(call.branch)} cannot be forecast at ` +
        `call ${call.callIndex}: it needs the true features of calls [${needed.join(', ')}], ` +
        `calls [${missing.join(', ')}] were not made`,
    );
  }
}
