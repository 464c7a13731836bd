import { compileRunPlan, createPolicy } from '@forecache/cache-policy';
import type { ModelManifest } from '@forecache/demo-model';
import type { CallCounts } from '@forecache/evaluation';
import { modelCost } from '../cost/model-cost.js';
import type { RunActions } from '../generation/generate-images.js';
import type { GenerationJob } from '../generation/generation-job.js';
import { timestepsOf } from '../sampler/euler-sampler.js';

/** What a row's runs did, and on what. */
export interface CostedRun {
  readonly manifest: ModelManifest;
  readonly job: Pick<GenerationJob, 'policy' | 'granularity' | 'steps'>;
  /** The actions of every run as they happened. */
  readonly runs: readonly RunActions[];
}

/** What a row costs, of one sample of the network's batch: an image with guidance is two. */
export interface RunCost {
  /** Means over images. */
  readonly calls: CallCounts;
  readonly flops: number;
  /** Full compute of all steps that were asked for, divided by `flops`. */
  readonly flopsSpeedup: number;
  readonly cacheBytes: number;
}

/** The cost of a row, from what its calls did. The only place of the comparison that knows costs. */
export function costOf({ manifest, job, runs }: CostedRun): RunCost {
  const cost = modelCost(manifest, job.granularity);
  const calls = meanCounts(runs);
  const flops =
    calls.full * cost.fullCallFlops + (calls.partial + calls.forecast) * cost.forecastCallFlops;
  return {
    calls,
    flops,
    flopsSpeedup: (job.steps * cost.fullCallFlops) / flops,
    cacheBytes: historySizeOf(job) * cost.featureBytes,
  };
}

function meanCounts(runs: readonly RunActions[]): CallCounts {
  const images = runs.reduce((sum, run) => sum + run.images, 0);
  const mean = (isCounted: (kind: string) => boolean) =>
    runs.reduce((sum, run) => sum + run.images * run.actions.filter(isCounted).length, 0) / images;
  return {
    full: mean((kind) => kind === 'full'),
    partial: mean((kind) => kind === 'partial'),
    forecast: mean((kind) => kind !== 'full' && kind !== 'partial'),
  };
}

/** Stored features a site needs: as many as the plan uses where there is one, else as the policy may use. */
function historySizeOf({ policy: choice, granularity, steps }: CostedRun['job']): number {
  const policy = createPolicy(choice);
  if (policy.asksAt !== 'run-start') return policy.historySize;
  const timesteps = timestepsOf(steps);
  const run = { steps, calls: steps, timesteps, sigmas: timesteps };
  return compileRunPlan({ policy, run, granularity }).historySize;
}
