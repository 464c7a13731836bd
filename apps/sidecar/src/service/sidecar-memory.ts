import {
  byteLength,
  throwIfAborted,
  type PlacedTensor,
  type TensorType,
} from '@forecache/adapters';
import {
  bytesPerElement,
  createFeatureHistory,
  ForecastError,
  type FeatureDtype,
  type FeatureHistory,
  type Slot,
  type TensorArena,
} from '@forecache/core';
import type { ByteBudget } from './byte-budget.js';
import type { Clock } from './clock.js';
import {
  isNewer,
  printSiteKey,
  type FeatureForecast,
  type FeatureMemory,
  type SiteKey,
} from './feature-memory.js';
import type { RunFile } from './run-file.js';

/** A forecast is computed in pieces of this size, so that the piece is still in cache when it is sent on. */
export const TILE_BYTES = 256 * 1024;

/** A tensor above this size lets other requests in between its pieces. */
export const YIELD_ABOVE_BYTES = 2 ** 20;

/** Longest computation between two turns of the event loop. */
const TURN_MS = 1;

export interface SidecarMemoryOptions {
  readonly arena: TensorArena;
  /** True features a site needs at most. */
  readonly capacity: number;
  readonly budget: ByteBudget;
  /** The run's shared file; null when its tensors travel inline. */
  readonly file: RunFile | null;
  readonly clock: Clock;
  onComputed(durationMs: number): void;
}

/** Histories in an arena of the sidecar. Forecasts are computed here. */
export function createSidecarMemory(options: SidecarMemoryOptions): FeatureMemory {
  const { arena, budget, capacity, file } = options;
  const histories = new Map<string, FeatureHistory>();
  let scratch: Slot | null = null;
  let spareBytes = 0;

  function historyOf(key: SiteKey): FeatureHistory {
    const history = histories.get(printSiteKey(key));
    if (history !== undefined) return history;
    throw new ForecastError('internal', `site ${JSON.stringify(key.site)} has no history`);
  }

  /** Newest first. */
  function storedCalls(key: SiteKey): readonly number[] {
    const entries = histories.get(printSiteKey(key))?.entries ?? [];
    return entries.map((entry) => entry.call).reverse();
  }

  function openHistory(key: SiteKey, type: TensorType): FeatureHistory {
    const size = byteLength(type);
    const dtype = featureDtype(key, type);
    // Beside its features a history needs one more slot while it takes a new one; sites take turns with it.
    const spare = Math.max(0, size - spareBytes);
    const tile = scratch === null ? TILE_BYTES : 0;
    budget.reserve(
      `the history of site ${JSON.stringify(key.site)}`,
      capacity * size + spare + tile,
    );
    spareBytes += spare;
    scratch ??= arena.allocate(TILE_BYTES);
    const history = createFeatureHistory({ arena, dtype, byteLength: size, capacity });
    histories.set(printSiteKey(key), history);
    return history;
  }

  return {
    keepsOnHost: false,
    storedCalls,
    reserve(key, type) {
      (histories.get(printSiteKey(key)) ?? openHistory(key, type)).reserve();
    },
    store(key, { callIndex, tensor }) {
      if (!isNewer(callIndex, storedCalls(key))) return;
      const history = historyOf(key);
      copyInto(arena.bytes(history.reserve()), tensor, file);
      history.commit({ call: callIndex, position: callIndex });
    },
    async forecast(forecast) {
      if (scratch === null) throw new ForecastError('internal', 'nothing is stored yet');
      const startMs = options.clock.nowMs();
      const result = await computeTiles(options, {
        forecast,
        history: historyOf(forecast),
        scratch,
      });
      options.onComputed(options.clock.nowMs() - startMs);
      return result;
    },
    drop() {
      for (const history of histories.values()) history.dispose();
      histories.clear();
    },
  };
}

interface TiledForecast {
  readonly forecast: FeatureForecast;
  readonly history: FeatureHistory;
  readonly scratch: Slot;
}

/** Nothing else touches the arena meanwhile: requests of one run wait for each other. */
async function computeTiles(
  { arena, clock, file }: SidecarMemoryOptions,
  { forecast, history, scratch }: TiledForecast,
): Promise<PlacedTensor> {
  const sources = forecast.terms.map(({ callIndex }) => slotOf(history, callIndex));
  const weights = forecast.terms.map((term) => term.weight);
  const { byteLength: size, dtype } = history;
  const elementBytes = bytesPerElement(dtype);
  const sink = createTileSink(forecast, size, file);
  let turnMs = clock.nowMs();
  for (let start = 0; start < size; start += TILE_BYTES) {
    const length = Math.min(TILE_BYTES, size - start);
    const elementOffset = start / elementBytes;
    const elementCount = length / elementBytes;
    arena.weightedSum({ dtype, sources, weights, target: scratch, elementOffset, elementCount });
    sink.write(arena.bytes(scratch).subarray(0, length), start);
    if (size > YIELD_ABOVE_BYTES && clock.nowMs() - turnMs >= TURN_MS) {
      await clock.yieldTurn();
      throwIfAborted(forecast.signal);
      turnMs = clock.nowMs();
    }
  }
  return sink.result;
}

interface TileSink {
  readonly result: PlacedTensor;
  write(tile: Uint8Array, start: number): void;
}

function createTileSink(
  { type, output }: FeatureForecast,
  size: number,
  file: RunFile | null,
): TileSink {
  const { dtype, shape } = type;
  if (output === null) {
    const bytes = new Uint8Array(size);
    const result: PlacedTensor = { dtype, shape, place: 'inline', bytes };
    return { result, write: (tile, start) => bytes.set(tile, start) };
  }
  if (file === null) throw new ForecastError('internal', 'a region without a file');
  return {
    result: { dtype, shape, place: 'region', region: output },
    write(tile, start) {
      const { name, offset } = output;
      file.write({ name, offset: offset + start, byteLength: tile.byteLength }, tile);
    },
  };
}

function slotOf(history: FeatureHistory, callIndex: number): Slot {
  const newestFirst = [...history.entries].reverse();
  const index = newestFirst.findIndex((entry) => entry.call === callIndex);
  const slot = index < 0 ? undefined : history.sources(index + 1)[index];
  if (slot !== undefined) return slot;
  throw new ForecastError('internal', `no feature of call ${callIndex} is stored`);
}

function copyInto(target: Uint8Array, tensor: PlacedTensor, file: RunFile | null): void {
  if (tensor.place === 'inline') return target.set(tensor.bytes);
  if (tensor.place === 'region' && file !== null) return file.readInto(tensor.region, target);
  throw new ForecastError('internal', `a ${tensor.place} cannot be stored in the sidecar`);
}

function featureDtype(key: SiteKey, { dtype }: TensorType): FeatureDtype {
  if (dtype !== 'int32' && dtype !== 'int64') return dtype;
  const message = `site ${JSON.stringify(key.site)} cannot be forecast: its dtype is ${dtype}`;
  throw new ForecastError('failed-precondition', message);
}
