import { actionAt, weightsOf, type CallPlan } from '@forecache/adapters';

/** A site in one call of a branch whose calls are decided: absent entries have not been asked for. */
export interface SiteCall {
  readonly calls: readonly (CallPlan | undefined)[];
  readonly site: string;
  readonly callIndex: number;
}

/**
 * The newest `count` full calls of a site before a call, newest first: the true features that the weights
 * of this call are meant for. Fewer when the calls hold fewer.
 */
export function fullCallsBefore({ calls, site, callIndex }: SiteCall, count: number): number[] {
  const indices: number[] = [];
  for (let index = callIndex - 1; index >= 0 && indices.length < count; index -= 1) {
    const plan = calls[index];
    if (plan !== undefined && actionAt(plan, site).kind === 'full') indices.push(index);
  }
  return indices;
}

/** Whether a later call of a static plan still needs the true feature of this (full) call. */
export function isNeededLater({ calls, site, callIndex }: SiteCall, historySize: number): boolean {
  let newerFeatures = 0;
  for (let index = callIndex + 1; index < calls.length; index += 1) {
    const plan = calls[index];
    if (plan === undefined) continue;
    const action = actionAt(plan, site);
    if (weightsOf(action).length > newerFeatures) return true;
    if (action.kind === 'full') newerFeatures += 1;
    if (newerFeatures >= historySize) return false;
  }
  return false;
}
