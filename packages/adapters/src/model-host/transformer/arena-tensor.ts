import type { Slot, TensorArena } from '@forecache/core';

import { byteLength } from '../../tensor/tensor-type.js';
import type { LocalTensor, TensorType } from '../../tensor/tensor.js';

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

/** Tensors of one float32 type and their weights. */
export interface WeightedTerms {
  readonly sources: readonly Slot[];
  readonly weights: readonly number[];
}

/** sum_j weights[j] * sources[j], in a fresh tensor of this type. */
export function weightedSum(
  arena: TensorArena,
  type: TensorType,
  terms: WeightedTerms,
): LocalTensor {
  const output = { ...type, bytes: new Uint8Array(byteLength(type)) };
  weightedSumInto(arena, terms, output.bytes);
  return output;
}

/** sum_j weights[j] * sources[j], into the bytes of a tensor of their type. */
export function weightedSumInto(
  arena: TensorArena,
  terms: WeightedTerms,
  output: Uint8Array,
): void {
  const target = arena.allocate(output.byteLength);
  try {
    arena.weightedSum({ dtype: 'float32', ...terms, target });
    output.set(arena.bytes(target));
  } finally {
    arena.free(target);
  }
}
