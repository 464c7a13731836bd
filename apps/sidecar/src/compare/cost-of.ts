import type { RunSetup } from '@forecache/cache-policy';
import { callKind } from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';
import { countCalls, type CallCounts } from '@forecache/evaluation';
import { demoLayerTable } from '../cost/demo-layer-table.js';
import { planCost, type PlanCost } from '../cost/plan-cost.js';
import type { RunPlans } from '../generation/generate-images.js';

/** What a row's runs did, and on what. */
export interface CostedRuns {
  readonly manifest: ModelManifest;
  /** Steps of full compute. */
  readonly steps: number;
  /** Where the plans apply. */
  readonly setup: RunSetup;
  /** The plans of every run as they were carried out. */
  readonly runs: readonly RunPlans[];
}

/** What a row costs, of one image: with guidance two samples of the network's batch. */
export interface RunCost {
  /** Means over images. */
  readonly calls: CallCounts;
  readonly flops: number;
  /** Full compute of all steps that were asked for, divided by `flops`. */
  readonly flopsSpeedup: number;
  readonly cacheBytes: number;
}

/** The cost of a row, from what its calls did. Measurements that a policy asks for are not counted. */
export function costOf({ manifest, steps, setup, runs }: CostedRuns): RunCost {
  const table = demoLayerTable(manifest);
  const costs = runs.map(({ images, plans }) => {
    const cost = planCost(table, { setup, calls: plans });
    return { images, cost, counts: countCalls(plans.map(callKind)) };
  });
  const mean = createMean(costs);
  const flops = mean(({ cost }) => cost.flops);
  const fullRun = steps * (costs[0]?.cost.fullCallFlops ?? NaN);
  return {
    calls: {
      full: mean(({ counts }) => counts.full),
      partial: mean(({ counts }) => counts.partial),
      forecast: mean(({ counts }) => counts.forecast),
    },
    flops,
    flopsSpeedup: fullRun / flops,
    cacheBytes: Math.max(...costs.map(storedBytes)),
  };
}

interface CostedRun {
  readonly images: number;
  readonly cost: PlanCost;
  readonly counts: CallCounts;
}

/** Runs of full calls alone store nothing, whatever their policy could keep. */
function storedBytes({ counts, cost }: CostedRun): number {
  return counts.partial + counts.forecast === 0 ? 0 : cost.cacheBytes;
}

function createMean(runs: readonly CostedRun[]): (measure: (run: CostedRun) => number) => number {
  const images = runs.reduce((sum, run) => sum + run.images, 0);
  return (measure) => runs.reduce((sum, run) => sum + run.images * measure(run), 0) / images;
}
