import { invalidArgument } from '@forecache/core';

import { actionAt, assertCallPlan } from '../call-plan.js';
import type { Action, CallPlan, ModelDescription, RunSetup } from '../model-host.js';
import { describeSite, siteOf } from '../site-description.js';

/** Throws unless a run with this setup can mean this plan, whatever it has stored. */
export function assertPlanFits(
  plan: CallPlan,
  setup: RunSetup,
  description: ModelDescription,
): void {
  assertCallPlan('plan', plan);
  if (setup.sites.length === 0 && plan.action.kind !== 'full') {
    throw invalidArgument('plan.action', 'full in a run that keeps no sites', plan.action.kind);
  }
  const kept = new Set(setup.sites);
  const cached = new Set(setup.tokenCache?.sites);
  const run: PlannedRun = { kept, cached, description };
  const named = new Map(
    plan.exceptions.map(({ site }, index) => [site, `plan.exceptions[${index}]`]),
  );
  named.forEach((path, site) => {
    describeSite(description, site);
    if (kept.has(site) || cached.has(site)) return;
    throw invalidArgument(`${path}.site`, "one of the run's kept sites or its token cache", site);
  });
  for (const site of new Set([...setup.sites, ...named.keys()])) {
    const path = `${named.get(site) ?? 'plan'}.action`;
    assertActionFits(path, { site, action: actionAt(plan, site, kept) }, run);
  }
}

interface PlannedRun {
  readonly kept: ReadonlySet<string>;
  readonly cached: ReadonlySet<string>;
  readonly description: ModelDescription;
}

function assertActionFits(
  path: string,
  { site, action }: { readonly site: string; readonly action: Action },
  { kept, cached, description }: PlannedRun,
): void {
  const { kind } = action;
  if (kind === 'full') return;
  if (kind === 'partial') {
    if (!cached.has(site)) {
      throw invalidArgument(
        path,
        `other than partial at site ${site}, which is not in the token cache`,
        kind,
      );
    }
    const [tokens = 0] = siteOf(description, site).output.shape;
    const { selection } = action;
    if (selection.tokens <= tokens) return;
    throw invalidArgument(
      `${path}.selection.tokens`,
      `an integer in 0..${tokens}`,
      selection.tokens,
    );
  }
  if (!kept.has(site)) {
    throw invalidArgument(
      path,
      `full or partial at site ${site}, which the run does not keep`,
      kind,
    );
  }
}
