import { invalidArgument } from '@forecache/core';

import { elementCount } from './tensor-type.js';
import type { LocalTensor } from './tensor.js';

/**
 * The elements of a float32 tensor. A view when its bytes are 4-byte aligned, else a copy (bytes decoded
 * from a message start anywhere), so write through it only when you made the tensor yourself.
 * Wire order is little-endian, as is every platform that Node and onnxruntime ship for.
 */
export function float32View(tensor: LocalTensor): Float32Array {
  if (tensor.dtype !== 'float32') throw invalidArgument('dtype', 'float32', tensor.dtype);
  const { buffer, byteOffset, length } = aligned(tensor.bytes, 4);
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** The elements of an int64 tensor: a view when aligned, else a copy. */
export function int64View(tensor: LocalTensor): BigInt64Array {
  if (tensor.dtype !== 'int64') throw invalidArgument('dtype', 'int64', tensor.dtype);
  const { buffer, byteOffset, length } = aligned(tensor.bytes, 8);
  return new BigInt64Array(buffer, byteOffset, length / 8);
}

/** A float32 tensor over `values`, not a copy. */
export function float32Tensor(shape: readonly number[], values: Float32Array): LocalTensor {
  return { ...typed('float32', shape, values.length), bytes: bytesOf(values) };
}

/** An int64 tensor over `values`, not a copy. */
export function int64Tensor(shape: readonly number[], values: BigInt64Array): LocalTensor {
  return { ...typed('int64', shape, values.length), bytes: bytesOf(values) };
}

function typed<Dtype extends 'float32' | 'int64'>(
  dtype: Dtype,
  shape: readonly number[],
  length: number,
): { readonly dtype: Dtype; readonly shape: readonly number[] } {
  const elements = elementCount({ dtype, shape });
  if (elements !== length) throw invalidArgument('values', `${elements} elements long`, length);
  return { dtype, shape };
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function aligned(bytes: Uint8Array, alignment: number): Uint8Array {
  return bytes.byteOffset % alignment === 0 ? bytes : new Uint8Array(bytes);
}
