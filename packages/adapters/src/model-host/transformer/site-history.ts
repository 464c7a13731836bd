import { createFeatureHistory, ForecastError } from '@forecache/core';
import type { TensorArena } from '@forecache/core';

import { byteLength } from '../../tensor/tensor-type.js';
import type { LocalTensor, TensorType } from '../../tensor/tensor.js';
import { weightedSumInto } from './arena-tensor.js';
import { weightsOf } from '../call-plan.js';
import type { Action } from '../model-host.js';

/** The newest true features of one site of one branch, with the calls they were computed at. */
export interface SiteHistory {
  /** Throws unless the action can be done at this call. Changes nothing. */
  assertPossible(action: Action, callIndex: number): void;
  /** Copies a true feature to a slot that does not count yet. The newest call, made again, is left as it is. */
  stage(callIndex: number, feature: LocalTensor): void;
  /** Makes the staged feature the newest one. */
  commit(): void;
  /** Forgets the staged feature, if there is one. */
  rollback(): void;
  /** The weighted sum of stored features; reuse is the newest. Valid until the next forecast of this site. */
  forecast(action: Action): LocalTensor;
  /** Gives all slots back. */
  clear(): void;
}

/** What `createSiteHistory` takes. */
export interface SiteHistoryOptions {
  readonly arena: TensorArena;
  readonly site: string;
  /** Type of the site's features, batch included. */
  readonly type: TensorType;
  /** Features kept at most. */
  readonly size: number;
}

/** An empty history. */
export function createSiteHistory(options: SiteHistoryOptions): SiteHistory {
  const { arena, site, type, size } = options;
  const history = createFeatureHistory({
    arena,
    dtype: 'float32',
    byteLength: byteLength(type),
    capacity: size,
  });
  let staged: number | null = null;
  let forecastBytes: Uint8Array | null = null;
  const newestCall = () => history.entries.at(-1)?.call ?? -1;
  return {
    assertPossible(action, callIndex) {
      if (action.kind === 'full') {
        if (callIndex >= newestCall()) return;
        throw impossible(site, `a full call ${callIndex} cannot follow call ${newestCall()}`);
      }
      const needed = weightsOf(action).length;
      if (needed <= history.size) return;
      throw impossible(site, `the forecast needs ${needed} stored features, has ${history.size}`);
    },
    stage(callIndex, feature) {
      if (callIndex === newestCall()) return;
      arena.bytes(history.reserve()).set(feature.bytes);
      staged = callIndex;
    },
    commit() {
      if (staged !== null) history.commit({ call: staged, position: staged });
      staged = null;
    },
    rollback() {
      history.rollback();
      staged = null;
    },
    forecast(action) {
      const weights = weightsOf(action);
      // Fresh pages for every forecast cost more than the sum itself.
      forecastBytes ??= new Uint8Array(byteLength(type));
      weightedSumInto(arena, { sources: history.sources(weights.length), weights }, forecastBytes);
      return { ...type, bytes: forecastBytes };
    },
    clear: () => history.reset(),
  };
}

function impossible(site: string, reason: string): ForecastError {
  return new ForecastError('failed-precondition', `site ${site}: ${reason}`);
}
