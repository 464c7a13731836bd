import fc from 'fast-check';
import { createTensorArena, MAX_ARENA_BYTES, type Slot } from './index.js';

describe.each([true, false])('tensor arena, useSimd %s', (useSimd) => {
  it('aligns slots to 64 bytes and keeps them apart', () => {
    const arena = createTensorArena({ limitBytes: 4096, useSimd });
    const slots = [1, 64, 65].map((byteLength) => arena.allocate(byteLength));
    expect(slots.map((slot) => slot.offset % 64)).toEqual([0, 0, 0]);
    slots.forEach((slot, index) => arena.bytes(slot).fill(index + 1));
    expect(slots.map((slot) => [...new Set(arena.bytes(slot))])).toEqual([[1], [2], [3]]);
    expect(slots.map((slot) => arena.bytes(slot).byteLength)).toEqual([1, 64, 65]);
    expect(arena.bytesHeld).toBe(64 + 64 + 128);
  });

  it('keeps content when it grows', () => {
    const arena = createTensorArena({ limitBytes: 1 << 22, useSimd });
    const slot = arena.allocate(1000);
    arena.bytes(slot).fill(42);
    arena.allocate(1 << 20);
    expect([...new Set(arena.bytes(slot))]).toEqual([42]);
    expect(arena.bytesReserved).toBeGreaterThan(1 << 20);
  });

  it('reuses a freed slot of the same size', () => {
    const arena = createTensorArena({ limitBytes: 4096, useSimd });
    const first = arena.allocate(512);
    arena.allocate(64);
    const second = arena.allocate(1024);
    arena.allocate(64);
    [second, first].forEach((slot) => arena.free(slot));
    expect(arena.allocate(1024).offset).toBe(second.offset);
    expect(arena.allocate(512).offset).toBe(first.offset);
  });

  it('merges freed neighbours, so that other sizes fit', () => {
    const arena = createTensorArena({ limitBytes: 1024, useSimd });
    const slots = Array.from({ length: 16 }, () => arena.allocate(64));
    slots.forEach((slot) => arena.free(slot));
    expect(arena.bytesHeld).toBe(0);
    expect(arena.allocate(1024).byteLength).toBe(1024);
  });

  it('throws over the limit and goes on afterwards', () => {
    const arena = createTensorArena({ limitBytes: 1024, useSimd });
    const slot = arena.allocate(640);
    expect(() => arena.allocate(448)).toThrow(
      expect.objectContaining({
        code: 'resource-exhausted',
        message: 'tensor memory is full: requested 448 bytes, held 640 bytes, limit 1024 bytes',
      }),
    );
    expect(arena.bytesHeld).toBe(640);
    arena.free(slot);
    expect(arena.allocate(1024).byteLength).toBe(1024);
  });

  it('gives an empty slot its own place', () => {
    const arena = createTensorArena({ limitBytes: 256, useSimd });
    const [a, b] = [arena.allocate(0), arena.allocate(0)];
    expect(arena.bytes(a).byteLength).toBe(0);
    expect(a.offset).not.toBe(b.offset);
  });

  it('refuses a slot that is not allocated', () => {
    const arena = createTensorArena({ limitBytes: 256, useSimd });
    const slot = arena.allocate(8);
    arena.free(slot);
    const message = `slot at offset ${slot.offset} is not allocated`;
    expect(() => arena.free(slot)).toThrow(message);
    expect(() => arena.bytes(slot)).toThrow(message);
    // The same place, given out anew, is another slot.
    arena.allocate(8);
    expect(() => arena.bytes(slot)).toThrow(message);
  });

  it('never gives out overlapping slots or more than the limit', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.nat(20)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sizes, (steps) => {
        const arena = createTensorArena({ limitBytes: 4096, useSimd });
        const live: Slot[] = [];
        for (const [byteLength, victim] of steps) {
          try {
            live.push(arena.allocate(byteLength));
          } catch {
            live.splice(victim % Math.max(1, live.length), 1).forEach((slot) => arena.free(slot));
          }
          const sorted = live.toSorted((a, b) => a.offset - b.offset);
          const ends = sorted.map((slot) => slot.offset + slot.byteLength);
          sorted
            .slice(1)
            .forEach((slot, i) => expect(slot.offset).toBeGreaterThanOrEqual(ends[i] ?? 0));
          expect(arena.bytesHeld).toBeLessThanOrEqual(4096);
        }
        live.forEach((slot) => arena.free(slot));
        expect(arena.bytesHeld).toBe(0);
        if (useSimd) expect(arena.bytesReserved).toBeLessThanOrEqual(65536);
      }),
      { numRuns: 50 },
    );
  });

  it.each([-1, 64.5, NaN, Infinity])('refuses %p bytes', (byteLength) => {
    const arena = createTensorArena({ limitBytes: 4096, useSimd });
    expect(() => arena.allocate(byteLength)).toThrow(
      `byteLength must be an integer >= 0, got ${byteLength}`,
    );
  });
});

describe('createTensorArena', () => {
  it('uses SIMD by default where the host has it', () => {
    expect(createTensorArena({ limitBytes: 0 }).usesSimd).toBe(true);
    expect(createTensorArena({ limitBytes: 0, useSimd: false }).usesSimd).toBe(false);
  });

  it.each([-1, 1.5, NaN, 2 ** 32])('refuses a limit of %p', (limitBytes) => {
    expect(() => createTensorArena({ limitBytes })).toThrow(
      `limitBytes must be an integer between 0 and 4294901760, got ${limitBytes}`,
    );
  });

  it('takes nothing from the host before it is needed', () => {
    const arena = createTensorArena({ limitBytes: MAX_ARENA_BYTES });
    expect(arena.bytesReserved).toBe(65536);
  });
});
