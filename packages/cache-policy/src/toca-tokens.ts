import type { NetworkShape } from './network-shape.js';
import { stepRamp } from './toca-activation.js';
import { ramp } from './toca-ramp.js';
import type { ModuleKind, TokenSchedule } from './toca-schedules.js';

/** A module as the ratio's line over the layers sees it. */
export interface TokenSite {
  readonly name: string;
  readonly kind: ModuleKind;
  /** Block of the network, from 0. */
  readonly block: number;
  /** Block within its stack, from 0. */
  readonly layer: number;
  /** Blocks of its stack less one; at least 1. */
  readonly lastLayer: number;
  readonly tokens: number;
}

/** The part of a schedule that says how many tokens a module computes. */
export type RatioSchedule = Pick<
  TokenSchedule,
  'ratio' | 'counts' | 'stepWeight' | 'layerWeight' | 'layerSpan' | 'modules'
>;

/** The modules of a network by stack: blocks that are one module (`single`) count their layers apart from the others. */
export function tokenSites(network: NetworkShape): readonly TokenSite[] {
  const stacks = { single: { first: Infinity, last: 0 }, double: { first: Infinity, last: 0 } };
  for (const { kind, block } of network.sites) {
    const stack = stacks[stackOf(kind)];
    stack.first = Math.min(stack.first, block);
    stack.last = Math.max(stack.last, block);
  }
  return network.sites.map(({ name, kind, block, tokens }) => {
    const { first, last } = stacks[stackOf(kind)];
    return {
      name,
      kind,
      block,
      layer: block - first,
      lastLayer: Math.max(1, last - first),
      tokens,
    };
  });
}

/** Whether a module is computed in part between full calls; otherwise its feature is reused. */
export function isRefreshed({ ratio, modules }: RatioSchedule, kind: ModuleKind): boolean {
  return ratio * modules[kind] > 0;
}

/** The share of a module's tokens that a call between full ones computes: 0 to 1. */
export function freshRatio(
  schedule: RatioSchedule,
  { kind, layer, lastLayer }: Pick<TokenSite, 'kind' | 'layer' | 'lastLayer'>,
  at: { readonly step: number; readonly calls: number },
): number {
  const { ratio, stepWeight, layerWeight, layerSpan, modules } = schedule;
  const layerFactor = ramp(layerWeight, layer, layerSpan === 'stack' ? lastLayer : layerSpan);
  const share = ratio * layerFactor * stepRamp(schedule, stepWeight, at) * modules[kind];
  return Math.min(1, Math.max(0, share));
}

/** The whole number of tokens in a share of them: cut off, in float32 as in torch. */
export function freshTokens(share: number, tokens: number): number {
  return Math.trunc(Math.fround(Math.fround(share) * tokens));
}

function stackOf(kind: ModuleKind): 'single' | 'double' {
  return kind === 'single' ? 'single' : 'double';
}
