import { residualRange } from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';
import type { CatalogSite, LayerTable } from '@forecache/model-catalog';

/** What of a network a site's name stands for. */
export type SitePlace =
  /** `output`, `change`: all of it, embedders and head included. */
  | { readonly kind: 'network' }
  /** `hidden`: every block; `blocks.A-B`: blocks A to B, both included. */
  | { readonly kind: 'blocks'; readonly first: number; readonly last: number }
  | { readonly kind: 'module'; readonly site: CatalogSite };

/** Reads site names of a network. The reader throws on a name the network does not have. */
export function sitePlaces(table: LayerTable): (name: string) => SitePlace {
  const modules = new Map(table.sites.map((site) => [site.name, site]));
  const last = table.blocks - 1;
  return (name) => {
    if (name === 'output' || name === 'change') return { kind: 'network' };
    if (name === 'hidden') return { kind: 'blocks', first: 0, last };
    const site = modules.get(name);
    if (site !== undefined) return { kind: 'module', site };
    const range = residualRange(name);
    if (range !== null && range.first <= range.last && range.last <= last) {
      return { kind: 'blocks', ...range };
    }
    throw invalidArgument('site', `one that ${table.title} has (${table.blocks} blocks)`, name);
  };
}
