import { invalidArgument } from '@forecache/core';

/** A forecastable module of a network. Mirrors `SiteShape`. */
export interface SiteShape {
  /** Site name, e.g. `blocks.3.mlp`. */
  readonly name: string;
  readonly kind: 'attention' | 'cross-attention' | 'mlp' | 'single';
  /** Block the module belongs to, from 0. */
  readonly block: number;
  /** Tokens of a sample. */
  readonly tokens: number;
}

/** The forecastable modules of a network in the order of a call. Mirrors `NetworkShape`. */
export interface NetworkShape {
  readonly blocks: number;
  readonly sites: readonly SiteShape[];
}

/** Where forecasts are made. `module` is the paper's: branch outputs after projection, before the gate. */
export type Granularity = 'module' | 'block' | 'residual' | 'hidden' | 'output' | 'change';

/** Name of the residual of blocks `first` to `last`, both included: what they add to the hidden state. */
export function residualSite(first: number, last: number): string {
  return `blocks.${first}-${last}`;
}

/** The kept sites of a granularity: every module, every block's residual, the whole stack's, or the network's end. */
export function sitesOf(network: NetworkShape, granularity: Granularity): readonly string[] {
  switch (granularity) {
    case 'module':
      return network.sites.map(({ name }) => name);
    case 'block':
      return Array.from({ length: network.blocks }, (_, block) => residualSite(block, block));
    case 'residual':
      return [residualSite(0, network.blocks - 1)];
    case 'hidden':
    case 'output':
    case 'change':
      return [granularity];
  }
}

/** The network's shape, for policies that cannot decide without it. */
export function requireNetwork(
  run: { readonly network?: NetworkShape },
  policy: string,
): NetworkShape {
  if (run.network !== undefined) return run.network;
  throw invalidArgument('network', `the modules of the network, which ${policy} needs`, undefined);
}
