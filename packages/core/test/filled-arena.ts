import { createTensorArena, type FeatureDtype, type Slot, type TensorArena } from '../src/index.js';

/** Raw elements as they lie in memory: float32 numbers, or the 16 bits of a half or bfloat16. */
export type RawElements = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

export const DTYPES: readonly FeatureDtype[] = ['float32', 'float16', 'bfloat16'];

const MEGABYTE = 1 << 20;

/** An arena whose slots tests can fill and read by element. */
export function openArena(useSimd: boolean, limitBytes = 16 * MEGABYTE): TensorArena {
  return createTensorArena({ limitBytes, useSimd });
}

/** The elements of a slot, in place; valid until the next allocate. */
export function elements(arena: TensorArena, slot: Slot, dtype: FeatureDtype): RawElements {
  const { buffer, byteOffset, byteLength } = arena.bytes(slot);
  if (dtype === 'float32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** Allocates a slot and fills it. */
export function store(arena: TensorArena, dtype: FeatureDtype, values: ArrayLike<number>): Slot {
  const slot = arena.allocate(values.length * (dtype === 'float32' ? 4 : 2));
  elements(arena, slot, dtype).set(values);
  return slot;
}

/** Sums freshly stored features and returns the raw result. */
export function sumOf(
  arena: TensorArena,
  dtype: FeatureDtype,
  features: readonly { readonly values: ArrayLike<number>; readonly weight: number }[],
): RawElements {
  const sources = features.map((feature) => store(arena, dtype, feature.values));
  const target = store(arena, dtype, features[0]?.values ?? []);
  const weights = features.map((feature) => feature.weight);
  arena.weightedSum({ dtype, sources, weights, target });
  const result = elements(arena, target, dtype).slice();
  [...sources, target].forEach((slot) => arena.free(slot));
  return result;
}
