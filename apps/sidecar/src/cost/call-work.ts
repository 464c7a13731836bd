import type { Action, CallPlan } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { CatalogSite, SiteWork } from '@forecache/model-catalog';
import type { SitePlace } from './site-place.js';

/** What a call computes at each site; null: nothing, not even embedders and head. */
export type CallWork = ((site: CatalogSite) => SiteWork) | null;

/** What a host computes where it reuses attention: nothing, or the output projection, for want of a later place. */
export type AttentionReuse = 'nothing' | 'projection';

/** What of a call does not follow from its plan. */
export interface WorkContext {
  readonly placeOf: (name: string) => SitePlace;
  /** Sites that the plan's action means. */
  readonly kept: readonly string[];
  readonly attentionReuse: AttentionReuse;
}

/**
 * What a call computes. Sites nest, and the outermost that is not full wins: where `output` or `change` is forecast
 * nothing is computed; where `hidden` or `blocks.A-B` is, their blocks are skipped, modulations included; where a module
 * is, its block still computes the modulation. Sites that the plan does not name are computed.
 */
export function workOfCall(
  call: CallPlan,
  { placeOf, kept, attentionReuse }: WorkContext,
): CallWork {
  const actions = new Map<string, Action>(kept.map((site) => [site, call.action]));
  for (const { site, action } of call.exceptions) actions.set(site, action);
  const modules = new Map<CatalogSite, SiteWork>();
  const skipped = new Set<number>();
  for (const [name, action] of actions) {
    const place = placeOf(name);
    if (action.kind === 'full') continue;
    if (place.kind === 'module') {
      modules.set(place.site, moduleWork(place.site, action, attentionReuse));
      continue;
    }
    if (action.kind === 'partial') throw notByToken(name);
    if (place.kind === 'network') return null;
    for (let block = place.first; block <= place.last; block++) skipped.add(block);
  }
  return (site) => (skipped.has(site.block) ? 'skip' : (modules.get(site) ?? 'full'));
}

function moduleWork(
  { kind, projectionFlops }: CatalogSite,
  action: Exclude<Action, { readonly kind: 'full' }>,
  attentionReuse: AttentionReuse,
): SiteWork {
  if (action.kind === 'partial') return { tokens: action.selection.tokens };
  const isProjected =
    attentionReuse === 'projection' && kind === 'attention' && projectionFlops !== null;
  return isProjected ? 'projection' : 'none';
}

function notByToken(site: string): Error {
  return invalidArgument(
    `action at ${site}`,
    'full, forecast or reuse: only modules are partial',
    'partial',
  );
}
