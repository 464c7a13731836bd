import { invalidArgument } from '@forecache/core';

import type { Action, CallPlan, TokenSelection } from './model-host.js';

/** Largest number of forecast weights, and so of stored features a site needs. */
export const MAX_HISTORY_SIZE = 9;

/** Throws unless the numbers of an action obey their rules: weights of a forecast, selection of a partial one. */
export function assertAction(name: string, action: Action): void {
  if (action.kind === 'forecast') assertWeights(`${name}.weights`, action.weights);
  if (action.kind === 'partial') assertSelection(`${name}.selection`, action.selection);
}

/** Throws unless counts are integers >= 0 and weights finite numbers >= 0. */
export function assertSelection(name: string, selection: TokenSelection): void {
  const { tokens, stalenessWeight, grid, gridBonus } = selection;
  assertCount(`${name}.tokens`, tokens);
  assertShare(`${name}.staleness_weight`, stalenessWeight);
  assertCount(`${name}.grid`, grid);
  assertShare(`${name}.grid_bonus`, gridBonus);
}

function assertCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw invalidArgument(name, 'an integer >= 0', value);
  }
}

function assertShare(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw invalidArgument(name, 'a finite number >= 0', value);
  }
}

/** Throws unless these are 1 to 9 numbers that are finite in float32, where sums are made. */
export function assertWeights(name: string, weights: readonly number[]): void {
  if (weights.length < 1 || weights.length > MAX_HISTORY_SIZE) {
    throw invalidArgument(name, `1 to ${MAX_HISTORY_SIZE} numbers`, weights.length);
  }
  weights.forEach((weight, index) => {
    if (Number.isFinite(Math.fround(weight))) return;
    throw invalidArgument(`${name}[${index}]`, 'finite in float32', weight);
  });
}

/** Throws unless all actions are valid and no site is named twice. */
export function assertCallPlan(name: string, plan: CallPlan): void {
  if (!Number.isSafeInteger(plan.callIndex) || plan.callIndex < 0) {
    throw invalidArgument(`${name}.call_index`, 'an integer >= 0', plan.callIndex);
  }
  assertAction(`${name}.action`, plan.action);
  const sites = new Set<string>();
  plan.exceptions.forEach(({ site, action }, index) => {
    assertAction(`${name}.exceptions[${index}].action`, action);
    if (sites.has(site)) {
      throw invalidArgument(`${name}.exceptions[${index}].site`, 'named once', site);
    }
    sites.add(site);
  });
}

const REUSE_WEIGHTS: readonly number[] = Object.freeze([1]);

/** The weights of an action, newest stored feature first. Reuse is w = (1); a full or partial call has none. */
export function weightsOf(action: Action): readonly number[] {
  switch (action.kind) {
    case 'full':
    case 'partial':
      return [];
    case 'reuse':
      return REUSE_WEIGHTS;
    case 'forecast':
      return action.weights;
  }
}

const FULL: Action = Object.freeze({ kind: 'full' });

/** What a plan says about one site: its exception, else the plan's action at kept sites; all others are full. */
export function actionAt(plan: CallPlan, site: string, keptSites: ReadonlySet<string>): Action {
  const exception = plan.exceptions.find((candidate) => candidate.site === site);
  if (exception !== undefined) return exception.action;
  return keptSites.has(site) ? plan.action : FULL;
}

/**
 * What a call does as a whole: the plan's action where nothing differs from it; `reuse` where an exception replaces the
 * end of the network; otherwise `partial`, as a part of it is computed.
 */
export function callKind(plan: CallPlan): Action['kind'] {
  const others = plan.exceptions.filter(({ action }) => action.kind !== plan.action.kind);
  if (others.length === 0) return plan.action.kind;
  const skipsAll = others.some(({ site, action }) => {
    return isWholeNetwork(site) && (action.kind === 'reuse' || action.kind === 'forecast');
  });
  return skipsAll ? 'reuse' : 'partial';
}

function isWholeNetwork(site: string): boolean {
  return site === 'hidden' || site === 'output' || site === 'change';
}
