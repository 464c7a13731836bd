import { ForecastError, invalidArgument } from '@forecache/core';

import { actionAt } from '../call-plan.js';
import type { Action, CallPlan, RunSetup } from '../model-host.js';
import { residualRange } from '../site-description.js';
import type { TransformerLayout } from '../transformer/transformer-layout.js';

/** An action at one site. */
export interface SiteAction {
  readonly site: string;
  readonly action: Action;
}

/** How far out a site is: what is further out has the smaller number. `end` is output and change. */
export const LEVEL = Object.freeze({ end: 0, hidden: 1, range: 2, module: 3 });

/** What a site stands for in the walk: branches `start` up to `end`, the end not included. */
export interface SiteSpan {
  readonly start: number;
  readonly end: number;
  /** One of `LEVEL`. */
  readonly level: number;
}

/** A site that is not computed in full, and the part of the walk that it stands for. */
export interface SkippedSite extends SiteAction, SiteSpan {}

/** What a plan comes to. */
export interface ResolvedPlan {
  /** In walk order; none lies within another. Empty when the call computes everything. */
  readonly actions: readonly SkippedSite[];
}

/**
 * What a plan comes to in a run: sites nest (output and change around hidden, around ranges of blocks, around modules),
 * the outermost one that is not full wins, and what lies within it is not computed. Two that overlap and are equally far
 * out contradict each other and are refused.
 */
export function resolvePlan(
  layout: TransformerLayout,
  setup: RunSetup,
  plan: CallPlan,
): ResolvedPlan {
  const kept = new Set(setup.sites);
  const named = new Set([...setup.sites, ...plan.exceptions.map(({ site }) => site)]);
  const skipped = [...named]
    .map((site) => ({ site, action: actionAt(plan, site, kept) }))
    .filter(({ action }) => action.kind !== 'full')
    .map((skip): SkippedSite => ({ ...skip, ...spanOf(layout, skip.site) }))
    .sort((a, b) => a.level - b.level);
  const actions: SkippedSite[] = [];
  for (const skip of skipped) {
    const other = actions.find(({ start, end }) => start < skip.end && skip.start < end);
    if (other === undefined) actions.push(skip);
    else if (other.level === skip.level) throw contradiction(other, skip);
  }
  return { actions: actions.sort((a, b) => a.start - b.start) };
}

/** Whether a plan leaves a site to be computed: neither skips it nor anything that it lies within. */
export function isComputed(layout: TransformerLayout, plan: ResolvedPlan, site: string): boolean {
  const { start, end, level } = spanOf(layout, site);
  return !plan.actions.some((skip) => {
    return skip.level <= level && skip.start <= start && end <= skip.end;
  });
}

/** What a site stands for; throws for sites that are always computed. */
export function spanOf({ branches, depth }: TransformerLayout, site: string): SiteSpan {
  const end = branches.length;
  if (site === 'output' || site === 'change') return { start: 0, end, level: LEVEL.end };
  if (site === 'hidden') return { start: 0, end, level: LEVEL.hidden };
  const range = residualRange(site);
  if (range !== null && range.first <= range.last && range.last < depth) {
    return { start: 2 * range.first, end: 2 * range.last + 2, level: LEVEL.range };
  }
  const index = branches.findIndex(({ name }) => name === site);
  if (index >= 0) return { start: index, end: index + 1, level: LEVEL.module };
  throw invalidArgument('site', 'a site that can be forecast', site);
}

function contradiction(one: SkippedSite, other: SkippedSite): ForecastError {
  const message =
    `sites ${one.site} and ${other.site} overlap: only one of them can be other than full in one call, ` +
    `got ${one.action.kind} and ${other.action.kind}`;
  return new ForecastError('invalid-argument', message);
}
