import { elements, openArena } from '../test/filled-arena.js';
import {
  createFeatureHistory,
  forecastWeights,
  type FeatureHistory,
  type TensorArena,
} from './index.js';

const FEATURE_BYTES = 64;

function createHistory(arena: TensorArena, capacity = 3): FeatureHistory {
  return createFeatureHistory({ arena, dtype: 'float32', byteLength: FEATURE_BYTES, capacity });
}

function feature(value: number): Uint8Array {
  return new Uint8Array(new Float32Array(16).fill(value).buffer);
}

function pushCalls(history: FeatureHistory, calls: readonly number[]): void {
  calls.forEach((call) => history.push({ call, position: call }, feature(call)));
}

function valuesOf(arena: TensorArena, history: FeatureHistory): (number | undefined)[] {
  if (history.size === 0) return [];
  return history.sources(history.size).map((slot) => elements(arena, slot, 'float32')[0]);
}

describe('feature history', () => {
  it('keeps the newest features, oldest first in entries, newest first in sources', () => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [0, 1, 2, 7]);
    expect(history.size).toBe(3);
    expect(history.entries.map((entry) => entry.call)).toEqual([1, 2, 7]);
    expect(valuesOf(arena, history)).toEqual([7, 2, 1]);
    expect(valuesOf(arena, history).slice(0, 2)).toEqual(
      history.sources(2).map((slot) => elements(arena, slot, 'float32')[0]),
    );
  });

  it('starts empty', () => {
    const history = createHistory(openArena(true));
    expect(history.size).toBe(0);
    expect(history.entries).toEqual([]);
    expect(() => history.sources(1)).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: 'history holds 0 of the 1 features asked for',
      }),
    );
  });

  it('is unchanged by a fill that never commits', () => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [0, 1, 2]);
    arena.bytes(history.reserve()).fill(0xff);
    expect(valuesOf(arena, history)).toEqual([2, 1, 0]);
    history.rollback();
    expect(valuesOf(arena, history)).toEqual([2, 1, 0]);
    expect(arena.bytesHeld).toBe(3 * FEATURE_BYTES);
  });

  it('gives a retry the slot it had', () => {
    const history = createHistory(openArena(true));
    expect(history.reserve()).toBe(history.reserve());
  });

  it('needs one slot beyond the histories, whichever of them is being filled', () => {
    const arena = openArena(true, 7 * FEATURE_BYTES);
    const histories = [createHistory(arena), createHistory(arena)];
    for (const call of [0, 1, 2, 3, 4, 5])
      histories.forEach((history) => pushCalls(history, [call]));
    expect(arena.bytesHeld).toBe(6 * FEATURE_BYTES);
  });

  it('keeps two histories of one arena apart', () => {
    const arena = openArena(true);
    const [cond, uncond] = [createHistory(arena), createHistory(arena)];
    for (const call of [0, 3, 6, 9]) {
      cond.push({ call, position: call }, feature(call));
      uncond.push({ call, position: -call }, feature(-call));
    }
    expect(valuesOf(arena, cond)).toEqual([9, 6, 3]);
    expect(valuesOf(arena, uncond)).toEqual([-9, -6, -3]);
  });

  it('forgets everything at reset, and gives the memory back', () => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [5, 6]);
    history.reserve();
    history.reset();
    expect([history.size, arena.bytesHeld]).toEqual([0, 0]);
    // An earlier call and another direction are fine: it is another run.
    history.push({ call: 0, position: 9 }, feature(1));
    history.push({ call: 1, position: 8 }, feature(2));
    expect(valuesOf(arena, history)).toEqual([2, 1]);
  });

  it('keeps nothing at capacity 0', () => {
    const arena = openArena(true);
    const history = createHistory(arena, 0);
    pushCalls(history, [0, 1]);
    expect([history.size, arena.bytesHeld]).toEqual([0, 0]);
  });

  it('feeds forecastWeights and weightedSum', () => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [0, 2, 5]);
    const { weights } = forecastWeights({
      forecaster: 'newton',
      history: history.entries,
      at: 7,
      order: 2,
    });
    const target = arena.allocate(FEATURE_BYTES);
    arena.weightedSum({
      dtype: 'float32',
      sources: history.sources(weights.length),
      weights,
      target,
    });
    // The features are their call index, a line; so is the forecast.
    expect(elements(arena, target, 'float32')[15]).toBeCloseTo(7, 5);
  });

  it.each([
    [{ call: 5, position: 8 }, 'history calls must be strictly increasing, got [2, 5, 5]'],
    [
      { call: 7, position: 5 },
      'history positions must be strictly increasing or strictly decreasing, got [2, 5, 5]',
    ],
    [{ call: 7, position: NaN }, 'history[2].position must be a finite number, got NaN'],
  ])('refuses %p after calls 2 and 5, and changes nothing', (entry, message) => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [2, 5]);
    expect(() => history.push(entry, feature(9))).toThrow(message);
    expect(valuesOf(arena, history)).toEqual([5, 2]);
    pushCalls(history, [6]);
    expect(valuesOf(arena, history)).toEqual([6, 5, 2]);
  });

  it('refuses a commit without a reservation', () => {
    expect(() => createHistory(openArena(true)).commit({ call: 0, position: 0 })).toThrow(
      'no slot is reserved: call reserve() first',
    );
  });

  it('refuses a feature of another length', () => {
    const history = createHistory(openArena(true));
    expect(() => history.push({ call: 0, position: 0 }, new Uint8Array(60))).toThrow(
      'feature must be 64 bytes long, got 60',
    );
  });

  it('is closed for good by dispose', () => {
    const arena = openArena(true);
    const history = createHistory(arena);
    pushCalls(history, [0]);
    history.dispose();
    expect(arena.bytesHeld).toBe(0);
    expect(() => history.reserve()).toThrow('history is disposed');
  });

  it.each([
    [{ byteLength: 6 }, 'byteLength must be a multiple of 4 bytes, got 6'],
    [{ byteLength: -4 }, 'byteLength must be a multiple of 4 bytes, got -4'],
    [{ capacity: -1 }, 'capacity must be an integer >= 0, got -1'],
    [{ capacity: 1.5 }, 'capacity must be an integer >= 0, got 1.5'],
  ])('refuses %p', (change, message) => {
    const options = {
      arena: openArena(true),
      dtype: 'float32',
      byteLength: 64,
      capacity: 2,
    } as const;
    expect(() => createFeatureHistory({ ...options, ...change })).toThrow(message);
  });

  it('refuses a count of 0', () => {
    const history = createHistory(openArena(true));
    expect(() => history.sources(0)).toThrow('count must be an integer >= 1, got 0');
  });
});
