import { bytesPerElement, type FeatureDtype } from './dtype.js';
import { invalidArgument } from './forecast-error.js';
import type { Slot } from './slot-allocator.js';
import { MAX_SOURCES, type SumOverMemory, type WeightedSum } from './weighted-sum.js';

/** One weighted sum over slots of an arena. */
export interface WeightedSumRequest {
  readonly dtype: FeatureDtype;
  /** Newest first, 1 .. 9. */
  readonly sources: readonly Slot[];
  /** One per source, finite. [1] copies the source bit for bit. */
  readonly weights: readonly number[];
  /** Written from its start. May be one of the sources when elementOffset is 0. */
  readonly target: Slot;
  /** First element of the sources to use; default 0. With elementCount it makes tiles of a large feature. */
  readonly elementOffset?: number;
  /** Elements to compute; default: to the end of the first source. */
  readonly elementCount?: number;
}

/** Fills defaults, checks every bound and turns slots into offsets. Throws `invalid-argument`. */
export function compileSum(request: WeightedSumRequest): SumOverMemory {
  const { dtype, sources, weights, target, elementOffset = 0 } = request;
  assertTerms(sources, weights);
  const elementBytes = bytesPerElement(dtype);
  const whole = Math.floor((sources[0]?.byteLength ?? 0) / elementBytes);
  const { elementCount = whole - elementOffset } = request;
  assertCount('elementOffset', elementOffset);
  assertCount('elementCount', elementCount);
  assertInside(request, elementOffset, elementCount);
  const sourceOffsets = sources.map((source) => source.offset + elementOffset * elementBytes);
  return { dtype, sourceOffsets, weights, targetOffset: target.offset, elementCount };
}

/** Runs a sum; one source at weight 1 is copied, bit for bit. */
export function runSum(buffer: ArrayBuffer, sum: SumOverMemory, weightedSum: WeightedSum): void {
  const [first] = sum.sourceOffsets;
  if (sum.weights.length !== 1 || sum.weights[0] !== 1 || first === undefined) {
    weightedSum(buffer, sum);
    return;
  }
  const byteLength = sum.elementCount * bytesPerElement(sum.dtype);
  new Uint8Array(buffer).copyWithin(sum.targetOffset, first, first + byteLength);
}

/** Whether a number counts something: an integer >= 0. */
export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

function assertTerms(sources: readonly Slot[], weights: readonly number[]): void {
  if (sources.length < 1 || sources.length > MAX_SOURCES) {
    throw invalidArgument('sources', `1 to ${MAX_SOURCES} slots`, sources.length);
  }
  if (weights.length !== sources.length) {
    throw invalidArgument('weights', `one per source (${sources.length})`, weights.length);
  }
  if (!weights.every((weight) => Number.isFinite(Math.fround(weight)))) {
    throw invalidArgument('weights', 'finite in float32', weights);
  }
}

function assertCount(name: string, value: number): void {
  if (!isCount(value)) throw invalidArgument(name, 'an integer >= 0', value);
}

function assertInside(request: WeightedSumRequest, offset: number, count: number): void {
  const elementBytes = bytesPerElement(request.dtype);
  const shortest = Math.min(...request.sources.map((source) => source.byteLength));
  if ((offset + count) * elementBytes > shortest) {
    const rule = `within the sources (${Math.floor(shortest / elementBytes)} elements)`;
    throw invalidArgument('elementOffset + elementCount', rule, offset + count);
  }
  if (count * elementBytes > request.target.byteLength) {
    const rule = `within the target (${Math.floor(request.target.byteLength / elementBytes)} elements)`;
    throw invalidArgument('elementCount', rule, count);
  }
}
