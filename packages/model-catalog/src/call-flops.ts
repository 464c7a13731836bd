import { invalidArgument } from './invalid-argument.js';
import type { CatalogSite, LayerTable } from './layer-table.js';

/**
 * Work at a site in one call.
 * - `full`: computed.
 * - `none`: forecast or reused; the block's modulation still runs, because the gate is applied to it.
 * - `skip`: not even that. A block whose sites are all skipped is bypassed, and its modulation is saved too
 *   (Δ-DiT's block range, DuCa's aggressive calls, forecasts of the whole stack).
 * - `projection`: attention reused from before its output projection, which runs for every token (the FLUX port
 *   of ToCa).
 * - tokens: the chosen tokens of each sample are computed (ToCa, DuCa); 0 is a visit that chose none.
 */
export type SiteWork = 'full' | 'none' | 'skip' | 'projection' | { readonly tokens: number };

/** FLOPs of one call: what runs always, and the work at each site. A sampler step is `branches` calls. */
export function callFlops(table: LayerTable, workAt: (site: CatalogSite) => SiteWork): number {
  const walked = new Set<number>();
  let flops = 0;
  for (const site of table.sites) {
    const work = workAt(site);
    if (work !== 'skip') walked.add(site.block);
    flops += siteFlops(site, work);
  }
  for (const term of table.always) {
    if (term.block === null || walked.has(term.block)) flops += term.flops;
  }
  return flops;
}

/** FLOPs of one call that computes everything. */
export function fullCallFlops(table: LayerTable): number {
  return callFlops(table, () => 'full');
}

/** FLOPs of a site when `tokens` chosen tokens of each sample are computed, for the whole batch. */
export function partialFlops(site: CatalogSite, tokens: number): number {
  if (!Number.isInteger(tokens) || tokens < 0 || tokens > site.tokens) {
    throw invalidArgument(
      `tokens at ${site.name}`,
      `an integer between 0 and ${site.tokens}`,
      tokens,
    );
  }
  return site.partial.fixed + tokens * site.partial.perToken;
}

/**
 * A call's FLOPs as the published totals add them up. calflops prints a call as text with two decimals of T or
 * G (`74.39 TFLOPS`) and at most six digits, and the authors sum the printed numbers: 50 full FLUX calls of
 * 74.392 T are 3719.50 T, not 3719.61 T. The DiT repository counts whole operations itself.
 */
export function publishedFlops(table: LayerTable, flops: number): number {
  if (table.counter === 'repository' || flops === 0) return flops;
  const unit = flops >= 1e12 ? 1e12 : 1e9;
  return Number(Number((flops / unit).toFixed(2)).toPrecision(6)) * unit;
}

function siteFlops(site: CatalogSite, work: SiteWork): number {
  if (typeof work === 'object') return partialFlops(site, work.tokens);
  switch (work) {
    case 'full':
      return site.flops;
    case 'none':
    case 'skip':
      return 0;
    case 'projection':
      if (site.projectionFlops === null) {
        throw invalidArgument(`work at ${site.name}`, 'full, none, skip or tokens', work);
      }
      return site.projectionFlops;
  }
}
