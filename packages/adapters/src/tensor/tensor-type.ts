import { bytesPerElement, invalidArgument } from '@forecache/core';

import type { TensorDtype, TensorType } from './tensor.js';

/** Largest number of dimensions of a tensor on the wire. */
export const MAX_DIMENSIONS = 8;

/** Largest size of one dimension. */
export const MAX_DIMENSION = 2 ** 31;

/** Every element type, features first. */
export const TENSOR_DTYPES: readonly TensorDtype[] = Object.freeze([
  'float32',
  'float16',
  'bfloat16',
  'int32',
  'int64',
]);

/** Bytes of one element of any tensor, discrete inputs included. */
export function bytesPerTensorElement(dtype: TensorDtype): number {
  if (dtype === 'int32') return 4;
  if (dtype === 'int64') return 8;
  return bytesPerElement(dtype);
}

/** Number of elements: the product of the shape, 1 for a scalar. */
export function elementCount(type: TensorType): number {
  return type.shape.reduce((product, dimension) => product * dimension, 1);
}

/** Bytes of a tensor without padding. */
export function byteLength(type: TensorType): number {
  return elementCount(type) * bytesPerTensorElement(type.dtype);
}

/** Throws unless dtype and shape obey the contract of `tensor.proto`. Nothing is allocated. */
export function assertTensorType(name: string, type: TensorType): void {
  if (!TENSOR_DTYPES.includes(type.dtype)) {
    throw invalidArgument(`${name}.dtype`, `one of ${TENSOR_DTYPES.join(', ')}`, type.dtype);
  }
  if (type.shape.length > MAX_DIMENSIONS) {
    const rule = `at most ${MAX_DIMENSIONS} dimensions`;
    throw invalidArgument(`${name}.shape`, rule, type.shape.length);
  }
  type.shape.forEach((dimension, index) => {
    if (Number.isSafeInteger(dimension) && dimension >= 1 && dimension <= MAX_DIMENSION) return;
    const rule = `an integer in 1..${MAX_DIMENSION}`;
    throw invalidArgument(`${name}.shape[${index}]`, rule, dimension);
  });
  if (!Number.isSafeInteger(byteLength(type))) {
    throw invalidArgument(`${name}.shape`, 'at most 2^53 - 1 bytes in all', type.shape);
  }
}

/** Whether dtype and shape are the same. */
export function isSameType(a: TensorType, b: TensorType): boolean {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return false;
  return a.shape.every((dimension, index) => dimension === b.shape[index]);
}

/** The type as a person writes it: `float32[2, 49, 96]`. */
export function printTensorType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}

/** Throws unless the tensor has exactly the expected dtype and shape. */
export function assertSameType(name: string, expected: TensorType, actual: TensorType): void {
  if (isSameType(expected, actual)) return;
  throw invalidArgument(name, `a tensor ${printTensorType(expected)}`, printTensorType(actual));
}

/** A per-sample type with the batch dimension put first. */
export function withBatch(type: TensorType, batch: number): TensorType {
  return { dtype: type.dtype, shape: [batch, ...type.shape] };
}
