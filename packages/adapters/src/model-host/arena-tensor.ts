import type { Slot, TensorArena } from '@forecache/core';

import { byteLength } from '../tensor/tensor-type.js';
import type { LocalTensor, TensorType } from '../tensor/tensor.js';

/** A float32 tensor in an arena. */
export interface ArenaTensor {
  readonly type: TensorType;
  readonly slot: Slot;
}

/** Copies a tensor into a fresh slot; `resource-exhausted` when the arena is full. */
export function copyIn(arena: TensorArena, tensor: LocalTensor): ArenaTensor {
  const slot = arena.allocate(tensor.bytes.byteLength);
  arena.bytes(slot).set(tensor.bytes);
  return { type: { dtype: tensor.dtype, shape: tensor.shape }, slot };
}

/** Copies a tensor out. */
export function copyOut(arena: TensorArena, { type, slot }: ArenaTensor): LocalTensor {
  return { ...type, bytes: new Uint8Array(arena.bytes(slot)) };
}

/** sum_j weights[j] * sources[j], sources being tensors of this float32 type, in a fresh tensor. */
export function weightedSum(
  arena: TensorArena,
  type: TensorType,
  terms: { readonly sources: readonly Slot[]; readonly weights: readonly number[] },
): LocalTensor {
  const target = arena.allocate(byteLength(type));
  try {
    arena.weightedSum({ dtype: 'float32', ...terms, target });
    return copyOut(arena, { type, slot: target });
  } finally {
    arena.free(target);
  }
}
