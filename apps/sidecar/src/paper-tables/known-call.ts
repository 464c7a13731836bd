import { compileRunPlan, createPolicy } from '@forecache/cache-policy';
import {
  callFlops,
  fullCallFlops,
  type CatalogSite,
  type LayerTable,
  type SiteWork,
} from '@forecache/model-catalog';
import type { AttentionReuse } from '../cost/call-work.js';
import { planCost } from '../cost/plan-cost.js';

/** So many calls of a kind. Not whole where the paper's arithmetic is not. */
export type CallCount = readonly [count: number, call: KnownCall];

/** A call of a known cost that no policy decided. */
export type KnownCall =
  | 'full'
  /** Every module forecast or reused. */
  | 'forecast'
  /** The same, with the output projections of attention computed again. */
  | 'forecast-projected'
  /** ToCa's call between full ones, with its FLUX constants. */
  | 'tokenwise'
  /** The same, with the output projections of attention computed again. */
  | 'tokenwise-projected'
  /** The modulations of the blocks that are not single, embedders and head. */
  | 'double-modulations'
  /** The first block, embedders and head. */
  | 'first-block';

/** FLOPs of one call of one branch. */
export function knownCallFlops(table: LayerTable, call: KnownCall): number {
  switch (call) {
    case 'full':
      return fullCallFlops(table);
    case 'forecast':
      return callFlops(table, () => 'none');
    case 'forecast-projected':
      return callFlops(table, projectAgain);
    case 'tokenwise':
      return tokenwiseFlops(table, 'nothing');
    case 'tokenwise-projected':
      return tokenwiseFlops(table, 'projection');
    case 'double-modulations':
      return callFlops(table, ({ kind }) => (kind === 'single' ? 'skip' : 'none'));
    case 'first-block':
      return callFlops(table, ({ block }) => (block === 0 ? 'full' : 'skip'));
  }
}

/** In words: `17 full + 33 forecast-projected calls`. */
export function printCallCounts(calls: readonly CallCount[]): string {
  const parts = calls.map(([count, call]) => `${Number(count.toFixed(2))} ${call}`);
  return `${parts.join(' + ')} ${calls.length === 1 && calls[0]?.[0] === 1 ? 'call' : 'calls'}`;
}

function projectAgain({ kind, projectionFlops }: CatalogSite): SiteWork {
  return kind === 'attention' && projectionFlops !== null ? 'projection' : 'none';
}

/** In this schedule every call between full ones costs the same: the first of them comes after a full call. */
function tokenwiseFlops(table: LayerTable, attentionReuse: AttentionReuse): number {
  const policy = createPolicy({ name: 'toca', options: { schedule: 'flux', warmup: '1' } });
  const run = { steps: 2, calls: 2, network: table };
  return planCost(table, compileRunPlan({ policy, run }), { attentionReuse }).perCall[1] ?? NaN;
}
