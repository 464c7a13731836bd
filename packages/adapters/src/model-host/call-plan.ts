import { invalidArgument } from '@forecache/core';

import type { Action, CallPlan } from './model-host.js';

/** Largest number of forecast weights, and so of stored features a site needs. */
export const MAX_HISTORY_SIZE = 9;

/** Throws unless the weights of a forecast are 1 to 9 numbers that are finite in float32. */
export function assertAction(name: string, action: Action): void {
  if (action.kind === 'forecast') assertWeights(`${name}.weights`, action.weights);
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

/** The weights of an action, newest stored feature first. Reuse is w = (1); a full call has none. */
export function weightsOf(action: Action): readonly number[] {
  switch (action.kind) {
    case 'full':
      return [];
    case 'reuse':
      return REUSE_WEIGHTS;
    case 'forecast':
      return action.weights;
  }
}

/** What the plan says about one site. */
export function actionAt(plan: CallPlan, site: string): Action {
  return plan.exceptions.find((exception) => exception.site === site)?.action ?? plan.action;
}
