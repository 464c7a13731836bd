import { ForecastError } from './forecast-error.js';

/** A piece of tensor memory. Offsets are multiples of SLOT_ALIGNMENT. */
export interface Slot {
  readonly offset: number;
  readonly byteLength: number;
}

/** Every slot starts on a cache line. */
export const SLOT_ALIGNMENT = 64;

interface Piece {
  readonly offset: number;
  readonly size: number;
}

/**
 * Hands out pieces of one linear address space. A freed piece is reused at once by a request of the same
 * size, which is the usual one; neighbours merge, so that a model of other sizes can use the memory too.
 */
export class SlotAllocator {
  readonly #live = new Map<number, Slot>();
  /** Sorted by offset; no two touch. */
  #free: Piece[] = [];
  #bytesHeld = 0;
  #top: number;

  constructor(
    private readonly start: number,
    private readonly limitBytes: number,
  ) {
    this.#top = start;
  }

  /** Bytes of live slots, each rounded up to SLOT_ALIGNMENT. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** End of the address space that was ever handed out. */
  get top(): number {
    return this.#top;
  }

  /** Finds room below the limit; `grow` makes the address space reach the given end before it is used. */
  allocate(byteLength: number, grow: (end: number) => void): Slot {
    const size = roundUp(byteLength);
    const piece = this.#bestFit(size) ?? this.#tail(size);
    if (piece.offset + size > this.#top) {
      this.#assertBelowLimit(byteLength, piece.offset + size);
      grow(piece.offset + size);
      this.#top = piece.offset + size;
    }
    this.#free = this.#free.filter((candidate) => candidate.offset !== piece.offset);
    if (piece.size > size) this.#insert({ offset: piece.offset + size, size: piece.size - size });
    const slot = Object.freeze({ offset: piece.offset, byteLength });
    this.#live.set(slot.offset, slot);
    this.#bytesHeld += size;
    return slot;
  }

  free(slot: Slot): void {
    this.assertLive(slot);
    this.#live.delete(slot.offset);
    const size = roundUp(slot.byteLength);
    this.#bytesHeld -= size;
    this.#insert({ offset: slot.offset, size });
  }

  assertLive(slot: Slot): void {
    if (this.#live.get(slot.offset) === slot) return;
    throw new ForecastError(
      'failed-precondition',
      `slot at offset ${slot.offset} is not allocated`,
    );
  }

  #bestFit(size: number): Piece | null {
    let best: Piece | null = null;
    for (const piece of this.#free) {
      if (piece.size >= size && (best === null || piece.size < best.size)) best = piece;
    }
    return best;
  }

  /** The free piece that ends the address space, too small by itself, or the empty piece after it. */
  #tail(size: number): Piece {
    const last = this.#free.at(-1);
    const touchesTop = last !== undefined && last.offset + last.size === this.#top;
    return { offset: touchesTop ? last.offset : this.#top, size };
  }

  #insert(piece: Piece): void {
    const before = this.#free.filter((other) => other.offset < piece.offset);
    const after = this.#free.slice(before.length);
    const left = before.at(-1);
    const right = after[0];
    let merged = piece;
    if (left !== undefined && left.offset + left.size === merged.offset) {
      merged = { offset: left.offset, size: left.size + merged.size };
      before.pop();
    }
    if (right !== undefined && merged.offset + merged.size === right.offset) {
      merged = { offset: merged.offset, size: merged.size + right.size };
      after.shift();
    }
    this.#free = [...before, merged, ...after];
  }

  #assertBelowLimit(requested: number, end: number): void {
    if (end - this.start <= this.limitBytes) return;
    throw new ForecastError(
      'resource-exhausted',
      `tensor memory is full: requested ${requested} bytes, held ${this.#bytesHeld} bytes, limit ${this.limitBytes} bytes`,
    );
  }
}

function roundUp(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / SLOT_ALIGNMENT)) * SLOT_ALIGNMENT;
}
