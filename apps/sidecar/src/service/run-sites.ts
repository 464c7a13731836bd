import {
  actionAt,
  residualRange,
  type Action,
  type CallPlan,
  type NetworkShape,
  type RunSetup,
} from '@forecache/adapters';

/** The sites that a run's decisions are about, and how they nest. */
export interface RunSites {
  /** Kept sites: where a plan's action applies. */
  readonly kept: ReadonlySet<string>;
  /** Sites whose newest feature is kept by token, on the model host. */
  readonly byToken: ReadonlySet<string>;
  /** Whether a decision can say something about this site; all others are computed in every call. */
  isDecided(site: string): boolean;
  /** What a call does at a site. Null where a kept site around it is not computed: then nothing happens inside. */
  actionInEffect(plan: CallPlan, site: string): Action | null;
}

/** What has to be computed for a site: blocks `first` to `last`, both included. */
interface Extent {
  readonly first: number;
  readonly last: number;
  /** Of two sites with the same blocks, the one of the higher rank lies around the other. */
  readonly rank: number;
}

const RANK = Object.freeze({ module: 0, range: 1, hidden: 2, network: 3 });

/** Reads the sites off a run's setup. Without a network, modules have no known block and lie inside of nothing. */
export function createRunSites(
  setup: Pick<RunSetup, 'sites' | 'tokenCache'>,
  network: NetworkShape | null,
): RunSites {
  const kept = new Set(setup.sites);
  const byToken = new Set(setup.tokenCache?.sites ?? []);
  const blocks = new Map(network?.sites.map(({ name, block }) => [name, block]));
  const composed = setup.sites
    .map((site) => ({ site, extent: extentOf(site, blocks) }))
    .filter(({ extent }) => extent !== null && extent.rank > RANK.module);
  const around = new Map<string, readonly string[]>();

  /** The kept sites around a site. */
  function sitesAround(site: string): readonly string[] {
    const known = around.get(site);
    if (known !== undefined) return known;
    const inner = extentOf(site, blocks);
    const outer = composed
      .filter(({ extent }) => isInside(inner, extent))
      .map(({ site: name }) => name);
    around.set(site, outer);
    return outer;
  }

  return {
    kept,
    byToken,
    isDecided: (site) => kept.has(site) || byToken.has(site),
    actionInEffect(plan, site) {
      const isReached = sitesAround(site).every((outer) => {
        return actionAt(plan, outer, kept).kind === 'full';
      });
      return isReached ? actionAt(plan, site, kept) : null;
    },
  };
}

function extentOf(site: string, blocks: ReadonlyMap<string, number>): Extent | null {
  const everyBlock = { first: 0, last: Infinity };
  if (site === 'output' || site === 'change') return { ...everyBlock, rank: RANK.network };
  if (site === 'hidden') return { ...everyBlock, rank: RANK.hidden };
  const range = residualRange(site);
  if (range !== null) return { ...range, rank: RANK.range };
  const block = blocks.get(site);
  return block === undefined ? null : { first: block, last: block, rank: RANK.module };
}

/** Whether the inner site is computed on the way to the outer one, and only there. */
function isInside(inner: Extent | null, outer: Extent | null): boolean {
  if (inner === null || outer === null) return false;
  if (inner.first < outer.first || inner.last > outer.last) return false;
  const isLarger = outer.last - outer.first > inner.last - inner.first;
  return isLarger || outer.rank > inner.rank;
}
