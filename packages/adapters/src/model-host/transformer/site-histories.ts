import { ForecastError } from '@forecache/core';

import { withBatch } from '../../tensor/tensor-type.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import type { Action } from '../model-host.js';
import type { BranchState, RunState } from './run-state.js';
import { describeSite } from '../site-description.js';
import { createSiteHistory } from './site-history.js';
import type { SiteHistory } from './site-history.js';

/** The histories of one branch's kept sites. */
export interface SiteHistories {
  /** Throws unless the action can be done. Changes nothing. */
  assertPossible(site: string, action: Action, callIndex: number): void;
  forecast(site: string, action: Action): LocalTensor;
  /** Copies the features of one call, which do not count yet. When the memory does not reach, roll back. */
  stage(features: ReadonlyMap<string, LocalTensor>, callIndex: number): void;
  /** Makes the staged features the newest ones. */
  commit(): void;
  /** Forgets the staged features and gives their memory back. */
  rollback(): void;
  /** Gives all memory back. */
  clear(): void;
}

/** Empty histories; memory is taken as features arrive. */
export function createSiteHistories(state: RunState, { batch }: BranchState): SiteHistories {
  const { context, request, arena } = state;
  const histories = new Map<string, SiteHistory>(
    request.setup.sites.map((site) => {
      const type = withBatch(describeSite(context.description, site).output, batch);
      const size = request.setup.historySize;
      return [site, createSiteHistory({ arena, site, type, size })];
    }),
  );
  const of = (site: string): SiteHistory => {
    const history = histories.get(site);
    if (history !== undefined) return history;
    throw new ForecastError('internal', `site ${site} is not kept`);
  };
  const each = (work: (history: SiteHistory) => void) => histories.forEach(work);
  return {
    assertPossible: (site, action, callIndex) => of(site).assertPossible(action, callIndex),
    forecast: (site, action) => of(site).forecast(action),
    stage: (features, callIndex) =>
      features.forEach((feature, site) => of(site).stage(callIndex, feature)),
    commit: () => each((history) => history.commit()),
    rollback: () => each((history) => history.rollback()),
    clear: () => each((history) => history.clear()),
  };
}
