import { createInMemoryNetwork } from './in-memory-network.js';
import type { InMemoryNetworkOptions } from './in-memory-network.js';
import type { ModelHost } from '../model-host.js';
import { createTransformerHost } from './transformer-host.js';
import type { TransformerHostOptions } from './transformer-host.js';
import type { TransformerNetwork } from './transformer-network.js';

/** What `createInMemoryModelHost` takes. */
export interface InMemoryModelHostOptions extends InMemoryNetworkOptions, TransformerHostOptions {
  /** Awaited before a site is computed: throw to make it fail, wait to make it slow. Default: neither. */
  readonly beforeSite?: (site: string) => void | Promise<void>;
}

/** A model host for tests that tells what was really computed. */
export interface InMemoryModelHost extends ModelHost {
  /** How often each site was computed, over all runs. */
  readonly computed: ReadonlyMap<string, number>;
}

/** A host over a small deterministic network without weights. */
export function createInMemoryModelHost(options: InMemoryModelHostOptions = {}): InMemoryModelHost {
  const computed = new Map<string, number>();
  const network = createInMemoryNetwork(options);
  const counted = async <Result>(site: string, compute: () => Promise<Result>) => {
    await options.beforeSite?.(site);
    computed.set(site, (computed.get(site) ?? 0) + 1);
    return compute();
  };
  const observed: TransformerNetwork = {
    ...network,
    embed: (input) => counted('embed', () => network.embed(input)),
    modulation: (input, batch) => counted('modulation', () => network.modulation(input, batch)),
    branch: (site, input) => counted(site, () => network.branch(site, input)),
    head: (input) => counted('head', () => network.head(input)),
  };
  return { ...createTransformerHost(observed, options), computed };
}
