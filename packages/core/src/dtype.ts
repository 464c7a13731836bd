/** Element type of a feature. Sums are accumulated in float32 and rounded once to this type. */
export type FeatureDtype = 'float32' | 'float16' | 'bfloat16';

const BYTES: Readonly<Record<FeatureDtype, number>> = Object.freeze({
  float32: 4,
  float16: 2,
  bfloat16: 2,
});

/** Bytes of one element. */
export function bytesPerElement(dtype: FeatureDtype): number {
  return BYTES[dtype];
}
