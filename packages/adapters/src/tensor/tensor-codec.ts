import { invalidArgument } from '@forecache/core';

import type { Dtype__Output } from '../gen/forecache/v1/Dtype.js';
import type { HostHandle as HostHandleMessage } from '../gen/forecache/v1/HostHandle.js';
import type { HostHandle__Output } from '../gen/forecache/v1/HostHandle.js';
import type { SharedRegion as SharedRegionMessage } from '../gen/forecache/v1/SharedRegion.js';
import type { SharedRegion__Output } from '../gen/forecache/v1/SharedRegion.js';
import type { Tensor, Tensor__Output } from '../gen/forecache/v1/Tensor.js';
import type { TensorType as TensorTypeMessage } from '../gen/forecache/v1/TensorType.js';
import type { TensorType__Output } from '../gen/forecache/v1/TensorType.js';
import { assertRegionName } from './region-name.js';
import { assertTensorType, byteLength, TENSOR_DTYPES } from './tensor-type.js';
import type { HostHandle, PlacedTensor, SharedRegion, TensorDtype, TensorType } from './tensor.js';

const DTYPE_MESSAGES: Readonly<Record<TensorDtype, Dtype__Output>> = Object.freeze({
  float32: 'DTYPE_FLOAT32',
  float16: 'DTYPE_FLOAT16',
  bfloat16: 'DTYPE_BFLOAT16',
  int32: 'DTYPE_INT32',
  int64: 'DTYPE_INT64',
});

/** Largest length of a model host's id, in characters. */
export const MAX_HOST_ID_LENGTH = 128;

/**
 * A tensor from the wire. Dtype, shape, place and byte count are checked, in this order, before anything
 * is allocated; inline bytes alias the message. `name` is the field's path in error messages.
 */
export function decodeTensor(message: Tensor__Output, name: string): PlacedTensor {
  const type = decodeTensorType(message, name);
  const places = [message.inline, message.region, message.handle].filter(isSet).length;
  if (places !== 1) {
    throw invalidArgument(name, 'in exactly one place (inline, region or handle)', places);
  }
  if (isSet(message.inline)) {
    assertByteLength(`${name}.inline`, type, message.inline.byteLength);
    return { ...type, place: 'inline', bytes: message.inline };
  }
  if (isSet(message.region)) {
    const region = decodeRegion(message.region, `${name}.region`);
    assertByteLength(`${name}.region.byte_length`, type, region.byteLength);
    return { ...type, place: 'region', region };
  }
  return { ...type, place: 'handle', handle: decodeHandle(message.handle, `${name}.handle`) };
}

/** The message of a tensor. Inline bytes are not copied here; serialising copies them once. */
export function encodeTensor(tensor: PlacedTensor): Tensor {
  const type = encodeTensorType(tensor);
  switch (tensor.place) {
    case 'inline':
      return { ...type, inline: tensor.bytes };
    case 'region':
      return { ...type, region: encodeRegion(tensor.region) };
    case 'handle':
      return { ...type, handle: encodeHandle(tensor.handle) };
  }
}

/** Dtype and shape from the wire. */
export function decodeTensorType(
  message: TensorType__Output | Tensor__Output,
  name: string,
): TensorType {
  const dtype = decodeDtype(message.dtype, `${name}.dtype`);
  const type: TensorType = { dtype, shape: message.shape };
  assertTensorType(name, type);
  return type;
}

/** The message of a dtype and shape. */
export function encodeTensorType(type: TensorType): Required<TensorTypeMessage> {
  return { dtype: DTYPE_MESSAGES[type.dtype], shape: [...type.shape] };
}

/** A shared region from the wire. Whether it ends inside the file is known when the file is opened. */
export function decodeRegion(message: SharedRegion__Output, name: string): SharedRegion {
  assertRegionName(`${name}.name`, message.name);
  assertCount(`${name}.offset`, message.offset, 0);
  assertCount(`${name}.byte_length`, message.byteLength, 1);
  assertCount(`${name}.offset + byte_length`, message.offset + message.byteLength, 1);
  return { name: message.name, offset: message.offset, byteLength: message.byteLength };
}

/** The message of a shared region. */
export function encodeRegion(region: SharedRegion): SharedRegionMessage {
  return { name: region.name, offset: region.offset, byteLength: region.byteLength };
}

/** A handle from the wire. */
export function decodeHandle(
  message: HostHandle__Output | null | undefined,
  name: string,
): HostHandle {
  const hostId = message?.hostId ?? '';
  if (hostId.length < 1 || hostId.length > MAX_HOST_ID_LENGTH) {
    const rule = `1 to ${MAX_HOST_ID_LENGTH} characters long`;
    throw invalidArgument(`${name}.host_id`, rule, hostId.length);
  }
  assertCount(`${name}.id`, message?.id, 0);
  return { hostId, id: message?.id ?? 0 };
}

/** The message of a handle. */
export function encodeHandle(handle: HostHandle): HostHandleMessage {
  return { hostId: handle.hostId, id: handle.id };
}

function decodeDtype(message: unknown, name: string): TensorDtype {
  const dtype = TENSOR_DTYPES.find((candidate) => DTYPE_MESSAGES[candidate] === message);
  if (dtype !== undefined) return dtype;
  const rule = `one of ${Object.values(DTYPE_MESSAGES).join(', ')}`;
  throw invalidArgument(name, rule, message);
}

function assertByteLength(name: string, type: TensorType, actual: number): void {
  const expected = byteLength(type);
  if (actual === expected) return;
  throw invalidArgument(name, `${expected} bytes as dtype and shape say`, actual);
}

function assertCount(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return;
  throw invalidArgument(name, `an integer in ${least}..2^53 - 1`, value);
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
