import { createTensorArena, invalidArgument } from '@forecache/core';
import type { TensorArena } from '@forecache/core';

import { createTensorTransfer } from '../../shared-memory/tensor-transfer.js';
import type { TensorTransfer } from '../../shared-memory/tensor-transfer.js';
import { compileBranches } from './begin-run.js';
import type { RunBranch } from './begin-run.js';
import { createInputBuffers } from './input-buffers.js';
import type { InputBuffers } from './input-buffers.js';
import type { BeginRun, ModelDescription } from '../model-host.js';
import { createTokenCache } from '../tokens/token-cache.js';
import type { BranchTokenCache } from '../tokens/token-cache.js';
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
  /** Its features by token; null when the run's setup asks for none. */
  readonly tokens: BranchTokenCache | null;
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
  /** Gives the memory of the branches back. */
  clear(): void;
}

/** Checks the request and fetches the conditioning. A request that is refused leaves nothing open. */
export function createRunState(context: TransformerHostContext, request: BeginRun): RunState {
  const arena = createTensorArena({ limitBytes: context.runLimitBytes });
  const branches = new Map(
    fetchBranches(context, request).map((branch) => {
      const tokens = branchTokens(context, request, { branch, arena });
      return [branch.branch, { ...branch, current: null, tokens, inputs: createInputBuffers() }];
    }),
  );
  return {
    context,
    request,
    transfer: createTensorTransfer(request.sharedDirectory),
    arena,
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
    clear: () => branches.forEach(({ tokens }) => tokens?.clear()),
  };
}

function fetchBranches(context: TransformerHostContext, request: BeginRun): readonly RunBranch[] {
  const transfer = createTensorTransfer(request.sharedDirectory);
  try {
    return compileBranches(request, context.description, { network: context.network, transfer });
  } finally {
    transfer.close();
  }
}

function branchTokens(
  { layout }: TransformerHostContext,
  { setup, runId }: BeginRun,
  of: { readonly branch: RunBranch; readonly arena: TensorArena },
): BranchTokenCache | null {
  const cache = setup.tokenCache;
  if (cache === null) return null;
  const { branch, batch } = of.branch;
  return createTokenCache({ cache, layout, arena: of.arena, runId, branch, batch });
}
