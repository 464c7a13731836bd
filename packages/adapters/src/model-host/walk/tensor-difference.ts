import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';

/** A fresh float32 tensor with the same numbers. */
export function copyOf(tensor: LocalTensor): LocalTensor {
  return float32Tensor(tensor.shape, new Float32Array(float32View(tensor)));
}

/** later - earlier in float32, in a fresh tensor: the feature of a residual or of `change`. */
export function difference(later: LocalTensor, earlier: LocalTensor): LocalTensor {
  const [minuend, subtrahend] = [float32View(later), float32View(earlier)];
  const values = new Float32Array(minuend.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = (minuend[i] as number) - (subtrahend[i] as number);
  }
  return float32Tensor(later.shape, values);
}

/** values += addend in float32, in place. Allocates nothing. */
export function addInto(values: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] as number) + (addend[i] as number);
  }
}
