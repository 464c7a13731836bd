import { createTensorArena } from '@forecache/core';
import { createByteBudget } from './byte-budget.js';
import type { Clock } from './clock.js';
import { compileLimits } from './limits.js';
import { createSidecarMemory, TILE_BYTES, YIELD_ABOVE_BYTES } from './sidecar-memory.js';

const KEY = { branch: 'joint', site: 's' };

/** A clock on which a tile takes a millisecond, and that counts the turns it gives away. */
function busyClock() {
  const turns = { count: 0 };
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => (nowMs += 1),
    after: () => () => undefined,
    yieldTurn: async () => void (turns.count += 1),
  };
  return { clock, turns };
}

function memoryOf(clock: Clock, limitBytes = 2 ** 26) {
  const limits = compileLimits({ maxBytesPerRun: limitBytes });
  const budget = createByteBudget(limits, () => undefined);
  const arena = createTensorArena({ limitBytes: 2 ** 26 });
  const options = { arena, budget, clock, capacity: 2, file: null, onComputed: () => undefined };
  return { memory: createSidecarMemory(options), budget };
}

/** Stores calls 0 and 1 with all elements 1 and 2, and forecasts 2 * F(1) - F(0). */
async function forecast(elementCount: number) {
  const { clock, turns } = busyClock();
  const { memory } = memoryOf(clock);
  const type = { dtype: 'float32', shape: [elementCount] } as const;
  for (const callIndex of [0, 1]) {
    const values = new Float32Array(elementCount).fill(callIndex + 1);
    const bytes = new Uint8Array(values.buffer);
    memory.reserve(KEY, type);
    memory.store(KEY, { callIndex, tensor: { ...type, place: 'inline', bytes }, kept: null });
  }
  const terms = [
    { callIndex: 1, weight: 2 },
    { callIndex: 0, weight: -1 },
  ];
  const { signal } = new AbortController();
  const result = await memory.forecast({ ...KEY, type, terms, output: null, signal });
  if (result.place !== 'inline') throw new Error('not inline');
  const { buffer, byteOffset, byteLength } = result.bytes;
  return { turns: turns.count, values: new Float32Array(buffer, byteOffset, byteLength / 4) };
}

test('a small forecast keeps its turn, a large one gives it away after every millisecond', async () => {
  const small = await forecast(YIELD_ABOVE_BYTES / 4);
  expect(small.turns).toBe(0);
  const large = await forecast(YIELD_ABOVE_BYTES / 4 + 1);
  // Four full tiles and one of a single element, a millisecond each.
  expect(large.turns).toBe(YIELD_ABOVE_BYTES / TILE_BYTES + 1);
  for (const { values } of [small, large]) expect(values.every((value) => value === 3)).toBe(true);
});

test('a forecast that is aborted between two turns stops', async () => {
  const { clock } = busyClock();
  const { memory } = memoryOf(clock);
  const elementCount = YIELD_ABOVE_BYTES / 2;
  const type = { dtype: 'float32', shape: [elementCount] } as const;
  const bytes = new Uint8Array(4 * elementCount);
  memory.reserve(KEY, type);
  memory.store(KEY, { callIndex: 0, tensor: { ...type, place: 'inline', bytes }, kept: null });
  const stopped = memory.forecast({
    ...KEY,
    type,
    terms: [{ callIndex: 0, weight: 1 }],
    output: null,
    signal: AbortSignal.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
});

test('a history that does not fit is refused before memory is taken', () => {
  const { memory, budget } = memoryOf(busyClock().clock, 1000);
  const type = { dtype: 'float32', shape: [1] } as const;
  expect(() => memory.reserve(KEY, type)).toThrow(
    'bytes held by the run with the history of site "s" must be at most 1000 (maxBytesPerRun), got 262156',
  );
  expect(budget.held).toBe(0);
});

test('integers are no features', () => {
  const { memory } = memoryOf(busyClock().clock);
  expect(() => memory.reserve(KEY, { dtype: 'int32', shape: [1] })).toThrow(
    'site "s" cannot be forecast: its dtype is int32',
  );
});
