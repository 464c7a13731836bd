import { ForecastError, invalidArgument } from '@forecache/core';
import type { TensorArena } from '@forecache/core';

import { assertSameType } from '../../tensor/tensor-type.js';
import type { HostHandle, LocalTensor, TensorType } from '../../tensor/tensor.js';
import { copyIn, copyOut, weightedSum } from './arena-tensor.js';
import type { ArenaTensor } from './arena-tensor.js';
import { assertWeights } from '../call-plan.js';
import type { Combine } from '../model-host.js';

/** The tensors of one run that its caller holds by handle. */
export interface KeptTensors {
  keep(tensor: LocalTensor): HostHandle;
  read(handle: HostHandle, name: string): LocalTensor;
  /** Throws unless the request can be answered; returns the type of the answer. Changes nothing. */
  assertCombinable(request: Combine): TensorType;
  combine(request: Combine): LocalTensor;
  release(handles: readonly HostHandle[]): void;
  /** Frees all. */
  clear(): void;
}

/** No tensors yet. Ids count up from 1 and are never reused. */
export function createKeptTensors(hostId: string, arena: TensorArena): KeptTensors {
  const kept = new Map<number, ArenaTensor>();
  let lastId = 0;
  const find = (handle: HostHandle, name: string): ArenaTensor => {
    if (handle.hostId !== hostId) {
      throw invalidArgument(`${name}.host_id`, `this host's id ${hostId}`, handle.hostId);
    }
    const tensor = kept.get(handle.id);
    if (tensor !== undefined) return tensor;
    throw new ForecastError('not-found', `${name}: handle ${handle.id} is not kept by this run`);
  };
  const findAll = (handles: readonly HostHandle[], name: string): readonly ArenaTensor[] =>
    handles.map((handle, index) => find(handle, `${name}[${index}]`));
  return {
    keep(tensor) {
      kept.set(lastId + 1, copyIn(arena, tensor));
      lastId += 1;
      return { hostId, id: lastId };
    },
    read: (handle, name) => copyOut(arena, find(handle, name)),
    assertCombinable({ handles, weights, release }) {
      assertWeights('weights', weights);
      if (handles.length !== weights.length) {
        throw invalidArgument('handles', `as many as weights (${weights.length})`, handles.length);
      }
      findAll(release, 'release');
      return commonType(findAll(handles, 'handles'));
    },
    combine({ handles, weights }) {
      const tensors = findAll(handles, 'handles');
      const sources = tensors.map(({ slot }) => slot);
      return weightedSum(arena, commonType(tensors), { sources, weights });
    },
    release(handles) {
      for (const { id } of handles) {
        const tensor = kept.get(id);
        if (tensor !== undefined) arena.free(tensor.slot);
        kept.delete(id);
      }
    },
    clear() {
      kept.forEach(({ slot }) => arena.free(slot));
      kept.clear();
    },
  };
}

function commonType(tensors: readonly ArenaTensor[]): TensorType {
  const [first] = tensors;
  if (first === undefined) throw invalidArgument('handles', '1 to 9 handles', 0);
  tensors.forEach(({ type }, index) => assertSameType(`handles[${index}]`, first.type, type));
  return first.type;
}
