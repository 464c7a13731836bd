import { sitesOf, type CallPlan, type RunSetup } from '@forecache/cache-policy';
import {
  branchFeatureBytes,
  callFlops,
  fullCallFlops,
  type LayerTable,
} from '@forecache/model-catalog';
import { workOfCall, type AttentionReuse, type WorkContext } from './call-work.js';
import { sitePlaces, type SitePlace } from './site-place.js';

/** The part of a run's plan that costs something. */
export interface CostedPlan {
  readonly setup: Pick<RunSetup, 'granularity' | 'sites' | 'historySize' | 'tokenCache'>;
  /** Calls of one branch. */
  readonly calls: readonly CallPlan[];
}

/** What the plan itself does not say. */
export interface CostOptions {
  /** Calls that full compute makes; default the plan's own. Fewer steps make fewer. */
  readonly fullComputeCalls?: number;
  /** Default `nothing`. */
  readonly attentionReuse?: AttentionReuse;
}

/** What a plan costs on a network; a multiply and an add are two operations. */
export interface PlanCost {
  /** FLOPs of one call of one branch that computes everything. */
  readonly fullCallFlops: number;
  /** FLOPs of each call of one branch. */
  readonly perCall: readonly number[];
  /** FLOPs of the run, all branches. */
  readonly flops: number;
  /** FLOPs of full compute over those of the plan. */
  readonly speedup: number;
  /** Bytes of stored features, all branches: the history of every kept site and one feature a token-cache site. */
  readonly cacheBytes: number;
}

/** The cost of a plan, the same way for every network. Throws where the plan names a site the network does not have. */
export function planCost(
  table: LayerTable,
  { setup, calls }: CostedPlan,
  options: CostOptions = {},
): PlanCost {
  const { fullComputeCalls = calls.length, attentionReuse = 'nothing' } = options;
  const placeOf = sitePlaces(table);
  const kept = setup.sites.length > 0 ? setup.sites : sitesOf(table, setup.granularity);
  const context: WorkContext = { placeOf, kept, attentionReuse };
  const perCall = calls.map((call) => {
    const work = workOfCall(call, context);
    return work === null ? 0 : callFlops(table, work);
  });
  const fullCall = fullCallFlops(table);
  const branchFlops = sum(perCall);
  return {
    fullCallFlops: fullCall,
    perCall,
    flops: table.branches * branchFlops,
    speedup: (fullComputeCalls * fullCall) / branchFlops,
    cacheBytes: table.branches * storedBytes(table, { setup, calls }, { placeOf, kept }),
  };
}

/** Bytes that one branch stores. A token cache counts when a call refreshes a part of it. */
function storedBytes(
  table: LayerTable,
  { setup, calls }: CostedPlan,
  { placeOf, kept }: Pick<WorkContext, 'placeOf' | 'kept'>,
): number {
  const isByToken = calls.some(({ exceptions }) =>
    exceptions.some(({ action }) => action.kind === 'partial'),
  );
  const byToken = isByToken ? (setup.tokenCache?.sites ?? []) : [];
  const bytesOf = (site: string) => placeBytes(table, placeOf(site));
  const history = setup.historySize === 0 ? 0 : setup.historySize * sum(kept.map(bytesOf));
  return history + sum(byToken.map(bytesOf));
}

/**
 * Bytes of one feature of one branch. The residual of a range is what its last block's streams gained; of the whole
 * stack only what the head reads.
 */
function placeBytes(table: LayerTable, place: SitePlace): number {
  switch (place.kind) {
    case 'network':
      return branchFeatureBytes(table, 'output');
    case 'module':
      return branchFeatureBytes({ ...table, sites: [place.site] }, 'module');
    case 'blocks': {
      const { first, last } = place;
      if (first === 0 && last === table.blocks - 1) return branchFeatureBytes(table, 'hidden');
      const sites = table.sites.filter(({ block }) => block === last);
      return branchFeatureBytes({ ...table, sites }, 'block');
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
