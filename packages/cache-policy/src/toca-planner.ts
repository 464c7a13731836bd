import type { Decision, PolicySetup, RunDescription, SiteDecision } from './cache-policy.js';
import { requireNetwork, type NetworkShape } from './network-shape.js';
import { FULL } from './stateless-policy.js';
import { activationsOf, stepAt, type Activation } from './toca-activation.js';
import type { ModuleKind, TokenSchedule } from './toca-schedules.js';
import { freshRatio, freshTokens, isRefreshed, tokenSites, type TokenSite } from './toca-tokens.js';
import type { TokenScore } from './token-selection.js';

/** What a token-wise policy decides from. */
export interface TokenRule {
  /** The policy's name, for errors. */
  readonly name: string;
  readonly schedule: TokenSchedule;
  readonly score: TokenScore;
  /** What N calls without computation add to a token's score. */
  readonly staleness: number;
}

/** ToCa's decisions in a run of one network. */
export interface TokenPlan {
  readonly activations: readonly Activation[];
  /** A call's decision; the same object each time. */
  decide(callIndex: number): Decision;
}

/**
 * The plan of a run by its description. Plans are kept as long as the network's description, which is one object for
 * the life of a run, so a decision costs a look-up.
 */
export function createTokenPlanner(rule: TokenRule): (run: RunDescription) => TokenPlan {
  const byNetwork = new WeakMap<NetworkShape, Map<number, TokenPlan>>();
  return (run) => {
    const network = requireNetwork(run, rule.name);
    const byCalls = byNetwork.get(network) ?? new Map<number, TokenPlan>();
    const plan = byCalls.get(run.calls) ?? planTokens(rule, network, run.calls);
    byNetwork.set(network, byCalls.set(run.calls, plan));
    return plan;
  };
}

/** Modules that are only reused are kept; the others have their newest feature in the token cache. */
export function tokenSetup(rule: TokenRule, run: RunDescription): PolicySetup {
  const { name, schedule, score } = rule;
  const { sites } = requireNetwork(run, name);
  const namesOf = (wanted: boolean) =>
    sites.filter(({ kind }) => isRefreshed(schedule, kind) === wanted).map((site) => site.name);
  const refreshed = namesOf(true);
  const tokenCache = refreshed.length === 0 ? null : { sites: refreshed, score };
  return { sites: namesOf(false), tokenCache, probes: [] };
}

/** Whether a schedule reuses the features of any kind of module. */
export function hasReuse(schedule: TokenSchedule): boolean {
  const kinds = Object.keys(schedule.modules) as ModuleKind[];
  return kinds.some((kind) => !isRefreshed(schedule, kind));
}

function planTokens(rule: TokenRule, network: NetworkShape, calls: number): TokenPlan {
  const sites = tokenSites(network);
  const activations = activationsOf(rule.schedule, calls);
  const decisions: Decision[] = [];
  return {
    activations,
    decide: (callIndex) => (decisions[callIndex] ??= decideNew(callIndex)),
  };

  function decideNew(callIndex: number): Decision {
    const full = activations[callIndex]?.full ?? 'all';
    return decideSites(rule, {
      step: stepAt(rule.schedule, callIndex, calls),
      calls,
      sites: sites.filter((site) => !isFullAt(full, site)),
    });
  }
}

function isFullAt(full: Activation['full'], { kind, block }: TokenSite): boolean {
  switch (full) {
    case 'all':
      return true;
    case 'all-but-cross-attention':
      return kind !== 'cross-attention';
    case 'first-block':
      return block === 0;
    case 'none':
      return false;
  }
}

/** The decision for a call in which these modules are not full. */
function decideSites(
  rule: TokenRule,
  at: { readonly step: number; readonly calls: number; readonly sites: readonly TokenSite[] },
): Decision {
  if (at.sites.length === 0) return FULL;
  const sites = at.sites.map((site) => ({ site: site.name, decision: decideSite(rule, site, at) }));
  return Object.freeze({ kind: 'by-site', sites });
}

const REUSE_SITE: SiteDecision = Object.freeze({ kind: 'reuse' });

function decideSite(
  { schedule, staleness }: TokenRule,
  site: TokenSite,
  at: { readonly step: number; readonly calls: number },
): SiteDecision {
  if (!isRefreshed(schedule, site.kind)) return REUSE_SITE;
  const selection = {
    tokens: freshTokens(freshRatio(schedule, site, at), site.tokens),
    stalenessWeight: staleness / schedule.interval,
    grid: schedule.grid,
    gridBonus: schedule.bonus,
  };
  return Object.freeze({ kind: 'partial', selection });
}
