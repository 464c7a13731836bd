import { invalidArgument } from '@forecache/core';

import type { BranchConditioning as BranchMessage } from '../gen/forecache/v1/BranchConditioning.js';
import type { BranchConditioning__Output } from '../gen/forecache/v1/BranchConditioning.js';
import type { BranchConditioning } from '../model-host/model-host.js';
import { decodeTensor, encodeTensor } from '../tensor/tensor-codec.js';
import { assertIdentifier, required } from './fields.js';

/** Largest number of guidance streams of a run. */
export const MAX_BRANCHES = 8;

/** The branches of a run from the wire: each named once, each with a batch. */
export function decodeBranches(
  messages: readonly BranchConditioning__Output[],
  name: string,
): readonly BranchConditioning[] {
  if (messages.length < 1 || messages.length > MAX_BRANCHES) {
    throw invalidArgument(name, `1 to ${MAX_BRANCHES} branches`, messages.length);
  }
  const branches = messages.map((message, index) => decodeBranch(message, `${name}[${index}]`));
  branches.forEach(({ branch }, index) => {
    if (branches.findIndex((other) => other.branch === branch) === index) return;
    throw invalidArgument(`${name}[${index}].branch`, 'named once', branch);
  });
  return branches;
}

/** The message of one branch. */
export function encodeBranch(branch: BranchConditioning): BranchMessage {
  return {
    branch: branch.branch,
    batch: branch.batch,
    tensors: branch.tensors.map(({ name, tensor }) => ({ name, tensor: encodeTensor(tensor) })),
  };
}

function decodeBranch(message: BranchConditioning__Output, name: string): BranchConditioning {
  if (message.batch < 1) throw invalidArgument(`${name}.batch`, 'an integer >= 1', message.batch);
  return {
    branch: assertIdentifier(`${name}.branch`, message.branch),
    batch: message.batch,
    tensors: message.tensors.map((named, index) => {
      const path = `${name}.tensors[${index}]`;
      const tensor = required(named.tensor, `${path}.tensor`);
      return {
        name: assertIdentifier(`${path}.name`, named.name),
        tensor: decodeTensor(tensor, `${path}.tensor`),
      };
    }),
  };
}
