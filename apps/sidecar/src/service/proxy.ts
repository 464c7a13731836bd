import {
  assertSameType,
  byteLength,
  withBatch,
  type Action,
  type CallKey,
  type CallOutput,
  type Granularity,
  type PlacedTensor,
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
  readonly action: Action;
}

export interface ProxyOptions {
  readonly granularity: Granularity;
  readonly batches: ReadonlyMap<string, number>;
  /** Forecastable sites of the plan's granularity. */
  readonly sites: readonly string[];
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
      const plan = decisions.callPlan(call);
      assertCall(options, call, batch);
      const progress = branches.get(call.branch);
      if (progress?.newest.callIndex === call.callIndex) return repeat(progress.newest, call, file);
      assertOrder(call, progress);
      assertHostHistory(options, call, progress);
      const { branch, input, output } = call;
      const request = { branch, plan, granularity: options.granularity, input, output };
      const result = await host.runCall(request, signal);
      const type = withBatch(options.output, batch);
      assertSameType(`output of model host ${host.address}`, type, result.output);
      const answer = { ...result, action: plan.action };
      const newest = { callIndex: call.callIndex, answer, bytes: copyOutput(result.output, file) };
      const made = (progress?.made ?? new Set()).add(call.callIndex);
      branches.set(branch, { made, newest });
      return answer;
    },
  };
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
  { decisions, sites }: ProxyOptions,
  call: CallKey,
  progress: BranchProgress | undefined,
): void {
  for (const site of sites) {
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
