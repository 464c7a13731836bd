import type { CallPlan } from '@forecache/adapters';
import type { NetworkCaller } from './network-caller.js';

/** One run of the sampler. */
export interface SamplerRun {
  readonly steps: number;
  /** Classifier-free guidance: uncond + guidance · (cond - uncond). 1 means conditional only. */
  readonly guidance: number;
  /** Images of the batch as noise, one after the other; becomes the images. */
  readonly x: Float32Array;
  readonly signal: AbortSignal;
  /** Told after every call. */
  onCall?(callIndex: number): void;
}

/** Branch of a run that batches conditional and unconditional samples in one tensor. */
export const JOINT_BRANCH = 'joint';

/** Timestep of every call: 1, 1 - 1/steps, …, 1/steps. */
export function timestepsOf(steps: number): number[] {
  return Array.from({ length: steps }, (_, call) => 1 - call / steps);
}

/**
 * Solves a rectified flow with `steps` even Euler steps from noise at t = 1 down to t = 0, in place, and says
 * what every call did. The network sees the samples twice, conditional first. Sums are taken in double
 * precision and rounded once a step.
 */
export async function sampleEuler(caller: NetworkCaller, run: SamplerRun): Promise<CallPlan[]> {
  const { steps, x, signal } = run;
  const joint = new Float32Array(2 * x.length);
  const plans: CallPlan[] = [];
  for (const [callIndex, t] of timestepsOf(steps).entries()) {
    signal.throwIfAborted();
    joint.set(x, 0);
    joint.set(x, x.length);
    const { velocity, plan } = await caller.call({ callIndex, t, x: joint }, signal);
    plans.push(plan);
    step(velocity, run);
    run.onCall?.(callIndex);
  }
  return plans;
}

/** x -= (uncond + guidance · (cond - uncond)) / steps; allocates nothing. */
function step(velocity: Float32Array, { x, steps, guidance }: SamplerRun): void {
  for (let i = 0; i < x.length; i++) {
    const cond = velocity[i] ?? NaN;
    const uncond = velocity[x.length + i] ?? NaN;
    x[i] = (x[i] ?? NaN) - (uncond + guidance * (cond - uncond)) / steps;
  }
}
