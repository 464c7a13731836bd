import { ForecastError, invalidArgument } from '@forecache/core';

import { assertSameType, withBatch } from '../../tensor/tensor-type.js';
import type { LocalTensor, PlacedTensor, TensorType } from '../../tensor/tensor.js';
import { throwIfAborted } from '../../wire/abort.js';
import type { InputBuffers } from './input-buffers.js';
import { createKeptTensors } from './kept-tensors.js';
import type { KeptTensors } from './kept-tensors.js';
import { assertSelection } from '../call-plan.js';
import type { BeginRun, Forward, HostRun, SiteDescription } from '../model-host.js';
import { createPlannedCalls } from './planned-calls.js';
import type { PlannedCalls } from './planned-calls.js';
import { createRunState } from './run-state.js';
import type { BranchState, RunState, TransformerHostContext } from './run-state.js';
import { createSerialQueue } from '../serial-queue.js';
import { describeSite } from '../site-description.js';
import { notCached } from '../tokens/token-cache.js';
import { beginCall } from './transformer-call.js';

/** Opens a run: one request at a time, in the order of arrival. `onEnd` is called once. */
export function createTransformerRun(
  context: TransformerHostContext,
  request: BeginRun,
  onEnd: () => void,
): HostRun {
  const state = createRunState(context, request);
  const kept = createKeptTensors(context.description.hostId, state.arena);
  const queue = createSerialQueue();
  let isEnded = false;
  const enqueue = <Result>(task: () => Promise<Result>, signal?: AbortSignal) =>
    queue.run(async () => {
      if (isEnded) throw new ForecastError('failed-precondition', `run ${request.runId} is ended`);
      return task();
    }, signal);
  const { input, forwardInput } = createInputReaders(state, kept);
  const planned = new Map<string, PlannedCalls>();
  const plannedCalls = (name: string): PlannedCalls => {
    const calls = planned.get(name) ?? createPlannedCalls(state, state.branch(name));
    planned.set(name, calls);
    return calls;
  };
  return {
    forward: (forward, options) =>
      enqueue(async () => {
        const { type, compute } = prepareForward(state, forward, forwardInput);
        state.transfer.assertOutput(type, forward.output);
        planned.get(forward.branch)?.interrupt();
        return orNothing(state.branch(forward.branch), async () => {
          const output = await compute();
          throwIfAborted(options?.signal);
          const placed = state.transfer.place(output, forward.output);
          return { output: placed, kept: forward.keep ? kept.keep(output) : null };
        });
      }, options?.signal),
    combine: (combine, options) =>
      enqueue(async () => {
        state.transfer.assertOutput(kept.assertCombinable(combine), combine.output);
        const output = state.transfer.place(kept.combine(combine), combine.output);
        kept.release(combine.release);
        return output;
      }, options?.signal),
    measure: (measure, { signal } = {}) =>
      enqueue(() => plannedCalls(measure.branch).measure(measure, { input, signal }), signal),
    runCall: (runCall, { signal } = {}) =>
      enqueue(() => plannedCalls(runCall.branch).run(runCall, { input, signal }), signal),
    end: () =>
      queue.run(async () => {
        if (isEnded) return;
        isEnded = true;
        planned.forEach((calls) => calls.clear());
        state.clear();
        kept.clear();
        state.transfer.close();
        onEnd();
      }),
  };
}

/** How the inputs of a run's requests come into this process. */
function createInputReaders(state: RunState, kept: KeptTensors) {
  const input = (tensor: PlacedTensor, type: TensorType): LocalTensor => {
    assertSameType('input', type, tensor);
    if (tensor.place === 'handle') return kept.read(tensor.handle, 'input.handle');
    return state.transfer.resolve(tensor, 'input');
  };
  const forwardInput: ReadInput = (tensor, type, buffers) => {
    if (tensor.place === 'handle') return input(tensor, type);
    assertSameType('input', type, tensor);
    return buffers.read(tensor, state.transfer);
  };
  return { input, forwardInput };
}

type ReadInput = (tensor: PlacedTensor, type: TensorType, buffers: InputBuffers) => LocalTensor;

/** Checks a request and returns its output's type and how to compute it. Changes nothing. */
function prepareForward(state: RunState, request: Forward, readInput: ReadInput) {
  const site = describeSite(state.context.description, request.site);
  const branch = state.branch(request.branch);
  const timestep = state.timestep(request.callIndex, 'call_index');
  if (!site.isForwardable) {
    const message = `site ${site.name} cannot be forwarded: it is composed of other sites`;
    throw new ForecastError('invalid-argument', message);
  }
  assertSelectable(request, branch);
  const input = siteInput(site, request, { readInput, branch });
  const type = withBatch(site.output, branch.batch);
  if (site.kind === 'embed' && input !== null) {
    const { network, layout } = state.context;
    const compute = async () => {
      const callInput = { ...branch, callIndex: request.callIndex, image: input, timestep };
      branch.current = await beginCall(network, layout, callInput);
      return branch.current.embedded;
    };
    return { type, compute };
  }
  const call = branch.current;
  if (call?.callIndex !== request.callIndex) {
    const message = `site ${site.name} of branch ${branch.branch}: call ${request.callIndex} needs its embed first`;
    throw new ForecastError('failed-precondition', message);
  }
  return { type, compute: () => call.compute(site.name, input, request.selection) };
}

/** Runs a forward's work; when it fails, no token counts as computed. */
async function orNothing<Result>(
  { tokens }: BranchState,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    tokens?.commit();
    return result;
  } catch (error) {
    tokens?.rollback();
    throw error;
  }
}

function assertSelectable({ site, selection }: Forward, { tokens }: BranchState): void {
  if (selection === null) return;
  assertSelection('selection', selection);
  if (tokens?.has(site) !== true) throw notCached(site);
}

function siteInput(
  site: SiteDescription,
  request: Forward,
  how: { readonly readInput: ReadInput; readonly branch: BranchState },
): LocalTensor | null {
  if (site.input === null) {
    if (request.input === null) return null;
    throw invalidArgument('input', `unset for site ${site.name}`, 'a tensor');
  }
  if (request.input === null) throw invalidArgument('input', `set for site ${site.name}`, null);
  const { readInput, branch } = how;
  return readInput(request.input, withBatch(site.input, branch.batch), branch.inputs);
}
