import { createTensorArena, invalidArgument } from '@forecache/core';
import type { TensorArena } from '@forecache/core';

import { createTensorTransfer } from '../shared-memory/tensor-transfer.js';
import type { TensorTransfer } from '../shared-memory/tensor-transfer.js';
import { compileBranches } from './begin-run.js';
import type { RunBranch } from './begin-run.js';
import { createInputBuffers } from './input-buffers.js';
import type { InputBuffers } from './input-buffers.js';
import type { BeginRun, ModelDescription } from './model-host.js';
import type { TransformerCall } from './transformer-call.js';
import type { TransformerLayout } from './transformer-layout.js';
import type { TransformerNetwork } from './transformer-network.js';

/** What a run shares with the others of its host. */
export interface TransformerHostContext {
  readonly network: TransformerNetwork;
  readonly description: ModelDescription;
  readonly layout: TransformerLayout;
  /** Largest number of bytes of history and kept tensors of one run. */
  readonly runLimitBytes: number;
}

/** A branch of a run: its conditioning and the call whose `embed` came last. */
export interface BranchState extends RunBranch {
  current: TransformerCall | null;
  /** Where a site's input is copied, reused by the next one: a fresh buffer a forward keeps the collector busy. */
  readonly inputs: InputBuffers;
}

/** What the requests of one run work on. */
export interface RunState {
  readonly context: TransformerHostContext;
  readonly request: BeginRun;
  readonly transfer: TensorTransfer;
  /** Memory of histories and kept tensors. */
  readonly arena: TensorArena;
  branch(name: string): BranchState;
  /** The timestep of a call; `name` is the field that gave the index. */
  timestep(callIndex: number, name: string): number;
}

/** Checks the request and fetches the conditioning. A request that is refused leaves nothing open. */
export function createRunState(context: TransformerHostContext, request: BeginRun): RunState {
  const branches = fetchBranches(context, request);
  return {
    context,
    request,
    transfer: createTensorTransfer(request.sharedDirectory),
    arena: createTensorArena({ limitBytes: context.runLimitBytes }),
    branch(name) {
      const branch = branches.get(name);
      if (branch !== undefined) return branch;
      throw invalidArgument('branch', `one of ${[...branches.keys()].join(', ')}`, name);
    },
    timestep(callIndex, name) {
      const timestep = request.timesteps[callIndex];
      if (timestep !== undefined) return timestep;
      throw invalidArgument(name, `an integer in 0..${request.timesteps.length - 1}`, callIndex);
    },
  };
}

function fetchBranches(
  context: TransformerHostContext,
  request: BeginRun,
): ReadonlyMap<string, BranchState> {
  const transfer = createTensorTransfer(request.sharedDirectory);
  try {
    const branches = compileBranches(request, context.network, transfer);
    return new Map(
      branches.map((branch) => [
        branch.branch,
        { ...branch, current: null, inputs: createInputBuffers() },
      ]),
    );
  } finally {
    transfer.close();
  }
}
