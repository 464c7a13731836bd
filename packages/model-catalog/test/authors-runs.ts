import { callFlops, publishedFlops, type LayerTable, type SiteWork } from '../src/index.js';
import type { CatalogSite } from '../src/index.js';

/** Work at each site of a call. */
export type Walk = (site: CatalogSite) => SiteWork;

export const full: Walk = () => 'full';
export const forecast: Walk = () => 'none';

/** TFLOPs of a run as the authors add them up: so many calls of each kind. */
export function runTeraFlops(table: LayerTable, calls: readonly (readonly [number, Walk])[]) {
  const flops = calls.map(([count, walk]) => count * publishedFlops(table, callFlops(table, walk)));
  return flops.reduce((sum, part) => sum + part, 0) / 1e12;
}

/** TFLOPs of 50 steps with so many full calls. */
export function fiftySteps(table: LayerTable, fullCalls: number, others: Walk): number {
  return runTeraFlops(table, [
    [fullCalls, full],
    [50 - fullCalls, others],
  ]);
}

/** Full calls of TaylorSeer: the warm-up, then one every `interval`. */
export function taylorSeerFullCalls(steps: number, interval: number, warmup: number): number {
  return warmup + Math.floor((steps - warmup) / interval);
}

/** `int(ratio * tokens)` in float32, with the ratio clamped to 0 .. 1, as the authors' PyTorch code has it. */
function chosenTokens(ratio: number, tokens: number): number {
  return Math.trunc(Math.fround(Math.fround(Math.min(1, Math.max(0, ratio))) * tokens));
}

/**
 * ToCa's partial call on FLUX and HunyuanVideo: attention reused, MLPs and single blocks at chosen tokens, fewer
 * in double blocks than in single ones and fewer in later blocks of each stack (both count over 27).
 * `attention` is `projection` in ToCa's repository and `none` in TaylorSeer's.
 */
export function tokenwise(
  ratio: number,
  doubleBlocks: number,
  attention: 'none' | 'projection',
): Walk {
  return (site) => {
    if (site.kind === 'attention') return attention;
    const isDouble = site.block < doubleBlocks;
    const layer = isDouble ? site.block : site.block - doubleBlocks;
    const layerFactor = 1.5 - layer / 27;
    return { tokens: chosenTokens(ratio * layerFactor * (isDouble ? 0.4 : 1.6), site.tokens) };
  };
}

export interface TokenwiseRun {
  readonly interval: number;
  readonly ratio: number;
  /** What DuCa does at even phases of an interval; ToCa does the same at all. */
  readonly evenPhase: 'tokenwise' | 'skip';
}

/**
 * A ToCa or DuCa run of 50 steps on DiT, counted down. The interval follows the step and is recomputed at layer 0
 * of a full call, before layer 1 asks whether the call is full: at N = 3, steps 45 and 32 are full in layer 0
 * only.
 */
export function ditTokenwiseWalks({ interval, ratio, evenPhase }: TokenwiseRun): Walk[] {
  const steps = 50;
  const walks: Walk[] = [];
  let period = interval;
  for (let step = steps - 1; step >= 0; step--) {
    const kindAt = (at: number) => {
      if (step === steps - 1 || step % at === 0) return 'full';
      return (step % at) % 2 === 1 ? 'tokenwise' : evenPhase;
    };
    const first = kindAt(period);
    if (first === 'full') period = periodAt(step, steps, interval);
    const rest = kindAt(period);
    walks.push((site) => {
      const kind = site.block === 0 ? first : rest;
      if (kind !== 'tokenwise') return kind;
      return site.kind === 'attention' ? 'none' : ditTokens(site, ratio, step / steps);
    });
  }
  return walks;
}

/** Long intervals early, short ones late, and 2 in the sensitive fifth from 40 to 20 % of the steps. */
function periodAt(step: number, steps: number, interval: number): number {
  if (step >= 0.2 * steps && step < 0.4 * steps) return 2;
  return Math.round(interval / (1.4 - (0.8 * step) / steps));
}

/** More tokens late in the run and in later layers; all of the attention's share goes to the MLP (2.5). */
function ditTokens(site: CatalogSite, ratio: number, remaining: number): SiteWork {
  const layerFactor = 0.8 + (0.4 * site.block) / 27;
  return { tokens: chosenTokens(ratio * layerFactor * (3 - 4 * remaining) * 2.5, site.tokens) };
}
