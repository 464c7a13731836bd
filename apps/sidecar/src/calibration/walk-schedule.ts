import type { CallPlan } from '@forecache/adapters';
import type { CallWeights } from '@forecache/cache-policy';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { sampleRuns, type CalibrationRuns } from './calibration-runs.js';

/** Weights of the calls of one gap, in order. */
export type GapWeights = readonly CallWeights[];

/** A schedule and where its weights come from. */
export interface ScheduledWalk {
  readonly fullCalls: readonly number[];
  /**
   * The weights from the full call of a gap to the next, asked when the network has answered the full one; one entry a group
   * of images, which are as many as divide the batch.
   */
  gapWeights(gap: number, newest: Float32Array): readonly GapWeights[];
}

/**
 * Walks a schedule: full calls compute, the others add up what these gave. Answers the final samples, image after image.
 * Sums are taken of guided outputs; both halves of the joint batch get them, so that guidance changes nothing.
 */
export function walkSchedule(
  runs: CalibrationRuns,
  walk: ScheduledWalk,
  { signal }: { readonly signal: AbortSignal },
): Promise<Float32Array> {
  return sampleRuns(runs, { signal, wrap: (network) => createWalkingCaller(runs, walk, network) });
}

/** The gaps of a list with one entry a skipped call, for all images alike. */
export function listedWeights(
  fullCalls: readonly number[],
  weights: readonly CallWeights[],
): ScheduledWalk {
  const skippedBefore = (gap: number) =>
    (fullCalls[gap] ?? weights.length + fullCalls.length) - gap;
  const gapWeights = (gap: number) => [weights.slice(skippedBefore(gap), skippedBefore(gap + 1))];
  return { fullCalls, gapWeights };
}

function createWalkingCaller(
  { guidance }: CalibrationRuns,
  { fullCalls, gapWeights }: ScheduledWalk,
  network: NetworkCaller,
): NetworkCaller {
  const outputs: Float32Array[] = [];
  let gaps: readonly GapWeights[] = [];
  return {
    async call(call, signal) {
      const { callIndex } = call;
      const gap = fullCalls.indexOf(callIndex);
      if (gap < 0) {
        const skipped = callIndex - (fullCalls[outputs.length - 1] ?? NaN) - 1;
        const weights = gaps.map((ofGroup) => ofGroup[skipped] ?? []);
        const action = { kind: 'forecast', weights: weights[0] ?? [] } as const;
        const plan: CallPlan = { callIndex, action, exceptions: [] };
        return { velocity: twice(combine(outputs, weights)), plan };
      }
      const answer = await network.call(call, signal);
      const newest = guide(answer.velocity, guidance);
      outputs.push(newest);
      gaps = gapWeights(gap, newest);
      return answer;
    },
  };
}

/** uncond + guidance · (cond - uncond) of a joint batch, conditional half first. */
function guide(velocity: Float32Array, guidance: number): Float32Array {
  const size = velocity.length / 2;
  return Float32Array.from({ length: size }, (_, i) => {
    const cond = velocity[i] ?? NaN;
    const uncond = velocity[size + i] ?? NaN;
    return uncond + guidance * (cond - uncond);
  });
}

/** Σ_j weights[j] · (j-th newest output), each group of images by its own weights. */
function combine(outputs: readonly Float32Array[], byGroup: readonly CallWeights[]): Float32Array {
  const size = outputs[0]?.length ?? 0;
  const sum = new Float64Array(size);
  const groupSize = size / byGroup.length;
  byGroup.forEach((weights, group) => {
    weights.forEach((weight, j) => {
      const output = outputs[outputs.length - 1 - j];
      if (output === undefined || weight === 0) return;
      for (let i = group * groupSize; i < (group + 1) * groupSize; i++)
        sum[i] = (sum[i] as number) + weight * (output[i] as number);
    });
  });
  return Float32Array.from(sum);
}

function twice(guided: Float32Array): Float32Array {
  const joint = new Float32Array(2 * guided.length);
  joint.set(guided, 0);
  joint.set(guided, guided.length);
  return joint;
}
