import { weightsOf, type CallPlan } from '@forecache/adapters';
import type { RunSites } from './run-sites.js';

/** A site in one call of a branch whose calls are decided: absent entries have not been asked for. */
export interface SiteCall {
  readonly calls: readonly (CallPlan | undefined)[];
  readonly sites: RunSites;
  readonly site: string;
  readonly callIndex: number;
}

/**
 * The newest `count` calls that compute a site in full before a call, newest first: the true features that the weights
 * of this call are meant for. Fewer when the calls hold fewer.
 */
export function fullCallsBefore(place: SiteCall, count: number): number[] {
  const { calls, sites, site, callIndex } = place;
  const indices: number[] = [];
  for (let index = callIndex - 1; index >= 0 && indices.length < count; index -= 1) {
    const plan = calls[index];
    if (plan !== undefined && sites.actionInEffect(plan, site)?.kind === 'full') {
      indices.push(index);
    }
  }
  return indices;
}

/** Whether a later call of a static plan still needs the true feature that this call computes. */
export function isNeededLater(place: SiteCall, historySize: number): boolean {
  const { calls, sites, site, callIndex } = place;
  let newerFeatures = 0;
  for (let index = callIndex + 1; index < calls.length; index += 1) {
    const plan = calls[index];
    const action = plan === undefined ? null : sites.actionInEffect(plan, site);
    if (action === null) continue;
    if (weightsOf(action).length > newerFeatures) return true;
    if (action.kind === 'full') newerFeatures += 1;
    if (newerFeatures >= historySize) return false;
  }
  return false;
}
