import {
  float32Tensor,
  float32View,
  NO_SETUP,
  transformerLayout,
  walkTransformer,
  type CallPlan,
  type LocalTensor,
  type RunSetup,
  type TransformerLayout,
} from '@forecache/adapters';
import { residualSite } from '@forecache/cache-policy';
import { solverOf } from '../generation/solver-of.js';
import { createForwardSource } from '../sampler/forward-source.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { sampleInFull, type FullRun, type FullSampling } from './sample-in-full.js';

/**
 * MagCache's magnitude ratios of the embedded model, one a call: the length of a token's stack residual divided by the
 * same at the call before, averaged over tokens and images, with and without their class; 1 at the first call.
 * Source: MagCache, arXiv 2506.09045, section 3.2.
 */
export async function fitMagCache(
  sampling: Omit<FullSampling, 'setup'>,
): Promise<readonly number[]> {
  const layout = transformerLayout(await sampling.host.describe());
  const site = residualSite(0, layout.depth - 1);
  const sums = new Float64Array(solverOf(sampling.job).timesteps.length);
  await sampleInFull({ ...sampling, setup: NO_SETUP }, (run) =>
    createResidualCaller({ ...run, layout, site }, (callIndex, ratio) => {
      sums[callIndex] = (sums[callIndex] ?? 0) + ratio * run.batch.labels.length;
    }),
  );
  const images = sampling.job.labels.length;
  return Array.from(sums, (sum, callIndex) => (callIndex === 0 ? 1 : sum / images));
}

interface ResidualRun extends FullRun {
  readonly layout: TransformerLayout;
  readonly site: string;
}

/** Walks every call in full, site by site, and compares the lengths of the stack's residual. */
function createResidualCaller(
  { run, shape, layout, site }: ResidualRun,
  onRatio: (callIndex: number, ratio: number) => void,
): NetworkCaller {
  const setup: RunSetup = { ...NO_SETUP, granularity: 'residual', sites: [site] };
  let newest: Float64Array | null = null;
  return {
    async call({ callIndex, x }, signal) {
      const plan: CallPlan = { callIndex, action: { kind: 'full' }, exceptions: [] };
      const observe = (observed: string, residual: LocalTensor) => {
        if (observed !== site) return;
        const lengths = tokenLengths(float32View(residual), layout.width);
        if (newest !== null) onRatio(callIndex, meanRatio(lengths, newest));
        newest = lengths;
      };
      const source = createForwardSource({ run, callIndex, signal, observe });
      const input = float32Tensor(shape, x);
      const output = await walkTransformer({ layout, setup, plan, input, source });
      return { velocity: float32View(output), plan };
    },
  };
}

/** Euclidean length of every token of every sample. */
function tokenLengths(values: Float32Array, width: number): Float64Array {
  const lengths = new Float64Array(values.length / width);
  for (let token = 0; token < lengths.length; token++) {
    let squares = 0;
    for (let i = token * width; i < (token + 1) * width; i++) {
      const value = values[i] as number;
      squares += value * value;
    }
    lengths[token] = Math.sqrt(squares);
  }
  return lengths;
}

function meanRatio(lengths: Float64Array, before: Float64Array): number {
  let sum = 0;
  for (let token = 0; token < lengths.length; token++) {
    sum += (lengths[token] as number) / (before[token] as number);
  }
  return sum / lengths.length;
}
