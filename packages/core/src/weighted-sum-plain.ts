import type { FeatureDtype } from './dtype.js';
import {
  bfloat16FromFloat32,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
} from './half-precision.js';
import type { SumOverMemory } from './weighted-sum.js';

type Elements = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

interface Codec {
  readonly decode: (stored: number) => number;
  readonly encode: (value: number) => number;
  view(buffer: ArrayBuffer, offset: number, count: number): Elements;
}

const CODECS: Readonly<Record<FeatureDtype, Codec>> = Object.freeze({
  float32: { decode: identity, encode: identity, view: viewFloat32 },
  float16: { decode: float32FromFloat16, encode: float16FromFloat32, view: viewUint16 },
  bfloat16: { decode: float32FromBfloat16, encode: bfloat16FromFloat32, view: viewUint16 },
});

/** The weighted sum in plain JavaScript: the fallback, and the reference of the WebAssembly kernels. */
export function weightedSumPlain(buffer: ArrayBuffer, sum: SumOverMemory): void {
  const { decode, encode, view } = CODECS[sum.dtype];
  const weights = Float32Array.from(sum.weights);
  const sources = sum.sourceOffsets.map((offset) => view(buffer, offset, sum.elementCount));
  const target = view(buffer, sum.targetOffset, sum.elementCount);
  for (let i = 0; i < sum.elementCount; i++) {
    target[i] = encode(sumAt(sources, weights, { index: i, decode }));
  }
}

/** One element. An intermediate double holds product and sum of two float32 exactly enough to round once. */
function sumAt(
  sources: readonly Elements[],
  weights: Float32Array,
  at: { readonly index: number; readonly decode: Codec['decode'] },
): number {
  let total = -0;
  for (let j = 0; j < sources.length; j++) {
    const feature = at.decode((sources[j] as Elements)[at.index] as number);
    total = Math.fround(total + Math.fround((weights[j] as number) * feature));
  }
  return total;
}

function identity(value: number): number {
  return value;
}

function viewFloat32(buffer: ArrayBuffer, offset: number, count: number): Elements {
  return new Float32Array(buffer, offset, count);
}

function viewUint16(buffer: ArrayBuffer, offset: number, count: number): Elements {
  return new Uint16Array(buffer, offset, count);
}
