import { invalidArgument } from '@forecache/core';

import type { TensorTransfer } from '../../shared-memory/tensor-transfer.js';
import { assertSameType, withBatch } from '../../tensor/tensor-type.js';
import { int64View } from '../../tensor/tensor-view.js';
import { MAX_BRANCHES } from '../../wire/branch-messages.js';
import { assertIdentifier, assertRunId, decodeFinite } from '../../wire/fields.js';
import type { BeginRun, BranchConditioning, ModelDescription } from '../model-host.js';
import { assertRunSetup } from './run-setup.js';
import type { TransformerNetwork } from './transformer-network.js';

/** Largest batch of a branch. */
export const MAX_BATCH = 256;

/** Largest number of calls of a run. */
export const MAX_CALLS = 10_000;

/** A branch whose labels are in this process. */
export interface RunBranch {
  readonly branch: string;
  readonly batch: number;
  readonly labels: BigInt64Array;
}

/** Where labels are checked against, and fetched from. */
interface LabelSource {
  readonly network: TransformerNetwork;
  readonly transfer: TensorTransfer;
}

/** Checks a run's request against the network and fetches its labels. */
export function compileBranches(
  request: BeginRun,
  description: ModelDescription,
  from: LabelSource,
): readonly RunBranch[] {
  assertRunId('run_id', request.runId);
  assertRunSetup(request.setup, description);
  assertInteger('timesteps.length', request.timesteps.length, MAX_CALLS);
  assertInteger('branches.length', request.branches.length, MAX_BRANCHES);
  decodeFinite(request.timesteps, 'timesteps');
  return request.branches.map((branch, index) => {
    const path = `branches[${index}]`;
    if (request.branches.findIndex((other) => other.branch === branch.branch) !== index) {
      throw invalidArgument(`${path}.branch`, 'named once', branch.branch);
    }
    assertIdentifier(`${path}.branch`, branch.branch);
    assertInteger(`${path}.batch`, branch.batch, MAX_BATCH);
    const labels = readLabels(branch, path, from);
    return { branch: branch.branch, batch: branch.batch, labels };
  });
}

function readLabels(
  branch: BranchConditioning,
  path: string,
  { network, transfer }: LabelSource,
): BigInt64Array {
  const [wanted] = network.description.conditioning;
  const [given] = branch.tensors;
  if (wanted === undefined || given?.name !== wanted.name || branch.tensors.length !== 1) {
    const names = branch.tensors.map(({ name }) => name);
    throw invalidArgument(`${path}.tensors`, `exactly one, named ${wanted?.name}`, names);
  }
  const name = `${path}.tensors[0].tensor`;
  assertSameType(name, withBatch(wanted.type, branch.batch), given.tensor);
  const labels = new BigInt64Array(int64View(transfer.resolve(given.tensor, name)));
  labels.forEach((label, sample) => {
    if (label >= 0n && label < BigInt(network.labelCount)) return;
    const rule = `a label in 0..${network.labelCount - 1}`;
    throw invalidArgument(`${name}[${sample}]`, rule, label);
  });
  return labels;
}

function assertInteger(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw invalidArgument(name, `an integer in 1..${most}`, value);
}
