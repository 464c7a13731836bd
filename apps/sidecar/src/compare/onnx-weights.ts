import { createHash } from 'node:crypto';
import { ForecastError } from '@forecache/core';

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_DIMS = 1;
const TENSOR_DATA_TYPE = 2;
const TENSOR_RAW_DATA = 9;
/** TensorProto.DataType.FLOAT. */
const FLOAT = 1;

/**
 * SHA-256 over the trained numbers of an ONNX file, in their order: two exports of one network are equal although names,
 * dynamic axes or producer differ. Single numbers are left out: they are constants of the graph.
 */
export function hashOfWeights(onnx: Uint8Array): string {
  const hash = createHash('sha256');
  for (const graph of children(onnx, MODEL_GRAPH)) {
    for (const tensor of children(graph, GRAPH_INITIALIZER)) {
      const { dims, isFloat, raw } = readTensor(tensor);
      if (isFloat && raw.byteLength > Float32Array.BYTES_PER_ELEMENT) {
        hash.update(dims.join('x')).update(raw);
      }
    }
  }
  return hash.digest('hex');
}

function readTensor(tensor: Uint8Array) {
  const dims: number[] = [];
  let isFloat = false;
  let raw = new Uint8Array();
  for (const { field, value } of fieldsOf(tensor)) {
    if (field === TENSOR_DIMS && typeof value === 'number') dims.push(value);
    if (field === TENSOR_DIMS && typeof value !== 'number') dims.push(...value);
    if (field === TENSOR_DATA_TYPE) isFloat = value === FLOAT;
    if (field === TENSOR_RAW_DATA && typeof value !== 'number') raw = Uint8Array.from(value);
  }
  return { dims, isFloat, raw };
}

function children(message: Uint8Array, wanted: number): Uint8Array[] {
  return [...fieldsOf(message)].flatMap(({ field, value }) =>
    field === wanted && typeof value !== 'number' ? [value] : [],
  );
}

/** One field of a protobuf message: a number, or the bytes of everything else. */
interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** Walks the protobuf wire format: varints, fixed 64 and 32 bits, and length-delimited bytes. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at] ?? malformed();
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      if (factor > 2 ** 56) malformed();
    }
  };
  const take = (count: number): Uint8Array => {
    if (at + count > message.byteLength) malformed();
    at += count;
    return message.subarray(at - count, at);
  };
  while (at < message.byteLength) {
    const key = varint();
    const field = Math.floor(key / 8);
    if (key % 8 === 0) yield { field, value: varint() };
    else if (key % 8 === 1) yield { field, value: take(8) };
    else if (key % 8 === 2) yield { field, value: take(varint()) };
    else if (key % 8 === 5) yield { field, value: take(4) };
    else malformed();
  }
}

function malformed(): never {
  throw new ForecastError('failed-precondition', 'a model file must be ONNX (protobuf)');
}
