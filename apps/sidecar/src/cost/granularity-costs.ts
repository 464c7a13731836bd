import { sitesOf, type CallPlan, type Granularity } from '@forecache/cache-policy';
import type { LayerTable } from '@forecache/model-catalog';
import { GRANULARITIES } from '../generation/generation-job.js';
import { planCost } from './plan-cost.js';

/** What forecasting at one granularity computes and stores. */
export interface GranularityCost {
  readonly granularity: Granularity;
  /** FLOPs of one call of one branch in which every site of the granularity is forecast. */
  readonly forecastCallFlops: number;
  /** Bytes of one stored feature set of one branch; order m stores m + 1. */
  readonly branchBytes: number;
  /** The same of all branches. */
  readonly bytes: number;
}

/** The costs of every granularity of a network. */
export function granularityCosts(table: LayerTable): readonly GranularityCost[] {
  return GRANULARITIES.map((granularity) => {
    const setup = {
      granularity,
      sites: sitesOf(table, granularity),
      historySize: 1,
      tokenCache: null,
    };
    const { perCall, cacheBytes } = planCost(table, { setup, calls: FULL_THEN_REUSE });
    return {
      granularity,
      forecastCallFlops: perCall[1] ?? NaN,
      branchBytes: cacheBytes / table.branches,
      bytes: cacheBytes,
    };
  });
}

const FULL_THEN_REUSE: readonly CallPlan[] = Object.freeze([
  { callIndex: 0, action: { kind: 'full' }, exceptions: [] },
  { callIndex: 1, action: { kind: 'reuse' }, exceptions: [] },
]);
