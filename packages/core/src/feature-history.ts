import { assertCallPositions, type CallPosition } from './call-position.js';
import { bytesPerElement, type FeatureDtype } from './dtype.js';
import { ForecastError, invalidArgument } from './forecast-error.js';
import type { Slot } from './slot-allocator.js';
import type { TensorArena } from './tensor-arena.js';

export interface FeatureHistoryOptions {
  readonly arena: TensorArena;
  readonly dtype: FeatureDtype;
  /** Bytes of one feature, a whole number of elements. */
  readonly byteLength: number;
  /** Features kept at most: order + 1. 0 keeps none, for policies that never forecast. */
  readonly capacity: number;
}

/**
 * The newest true features of one site in one run, with the positions they were computed at.
 *
 * A feature enters in two steps, so that a write that fails half-way harms nothing: `reserve` gives a slot to
 * fill, `commit` makes it the newest feature and lets go of the oldest one. The slot that is being filled is
 * extra memory, shared by all histories of an arena that fill one after another.
 */
export interface FeatureHistory {
  readonly dtype: FeatureDtype;
  readonly byteLength: number;
  readonly capacity: number;
  /** Features stored. */
  readonly size: number;
  /** What is stored, oldest first: what `forecastWeights` takes. */
  readonly entries: readonly CallPosition[];
  /** The slot to fill. Asked again before a commit, it is the same slot: a retry needs nothing else. */
  reserve(): Slot;
  /** Makes the reserved slot the newest feature. A call or position out of order throws and changes nothing. */
  commit(entry: CallPosition): void;
  /** Gives the reserved slot back, if there is one. */
  rollback(): void;
  /** Reserve, copy, commit. */
  push(entry: CallPosition, feature: Uint8Array): void;
  /** The newest `count` slots, newest first. */
  sources(count: number): readonly Slot[];
  /** Forgets everything, as at the start of a run, and gives the slots back. */
  reset(): void;
  /** Reset, for good. */
  dispose(): void;
}

/** Creates an empty history; memory is taken from the arena as features arrive. */
export function createFeatureHistory(options: FeatureHistoryOptions): FeatureHistory {
  assertOptions(options);
  return new SlotHistory(options);
}

interface StoredFeature {
  readonly entry: CallPosition;
  readonly slot: Slot;
}

class SlotHistory implements FeatureHistory {
  readonly dtype: FeatureDtype;
  readonly byteLength: number;
  readonly capacity: number;
  readonly #arena: TensorArena;
  /** Oldest first. */
  #stored: StoredFeature[] = [];
  #reserved: Slot | null = null;
  #isDisposed = false;

  constructor({ arena, dtype, byteLength, capacity }: FeatureHistoryOptions) {
    this.#arena = arena;
    this.dtype = dtype;
    this.byteLength = byteLength;
    this.capacity = capacity;
  }

  get size(): number {
    return this.#stored.length;
  }

  get entries(): readonly CallPosition[] {
    return this.#stored.map((feature) => feature.entry);
  }

  reserve(): Slot {
    if (this.#isDisposed) throw new ForecastError('failed-precondition', 'history is disposed');
    this.#reserved ??= this.#arena.allocate(this.byteLength);
    return this.#reserved;
  }

  commit({ call, position }: CallPosition): void {
    const slot = this.#reserved;
    if (slot === null) {
      throw new ForecastError('failed-precondition', 'no slot is reserved: call reserve() first');
    }
    const entry = Object.freeze({ call, position });
    assertCallPositions([...this.entries, entry]);
    this.#reserved = null;
    this.#stored.push({ entry, slot });
    while (this.#stored.length > this.capacity) this.#dropOldest();
  }

  rollback(): void {
    if (this.#reserved !== null) this.#arena.free(this.#reserved);
    this.#reserved = null;
  }

  push(entry: CallPosition, feature: Uint8Array): void {
    if (feature.byteLength !== this.byteLength) {
      throw invalidArgument('feature', `${this.byteLength} bytes long`, feature.byteLength);
    }
    const slot = this.reserve();
    this.#arena.bytes(slot).set(feature);
    this.commit(entry);
  }

  sources(count: number): readonly Slot[] {
    if (!Number.isInteger(count) || count < 1) {
      throw invalidArgument('count', 'an integer >= 1', count);
    }
    if (count > this.size) {
      throw new ForecastError(
        'failed-precondition',
        `history holds ${this.size} of the ${count} features asked for`,
      );
    }
    return this.#stored
      .slice(-count)
      .reverse()
      .map((feature) => feature.slot);
  }

  reset(): void {
    this.rollback();
    while (this.#stored.length > 0) this.#dropOldest();
  }

  dispose(): void {
    this.reset();
    this.#isDisposed = true;
  }

  #dropOldest(): void {
    const oldest = this.#stored.shift();
    if (oldest !== undefined) this.#arena.free(oldest.slot);
  }
}

function assertOptions({ dtype, byteLength, capacity }: FeatureHistoryOptions): void {
  const elementBytes = bytesPerElement(dtype);
  if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength % elementBytes !== 0) {
    throw invalidArgument('byteLength', `a multiple of ${elementBytes} bytes`, byteLength);
  }
  if (!Number.isInteger(capacity) || capacity < 0) {
    throw invalidArgument('capacity', 'an integer >= 0', capacity);
  }
}
