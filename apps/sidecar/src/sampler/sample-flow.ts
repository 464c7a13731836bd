import type { CallPlan } from '@forecache/adapters';
import type { NetworkCaller } from './network-caller.js';
import type { Solver } from './solver.js';
import { createStepNoise } from './step-noise.js';

/** One run of a sampler. */
export interface SamplerRun {
  readonly solver: Solver;
  /** Classifier-free guidance: uncond + guidance · (cond - uncond). 1 means conditional only. */
  readonly guidance: number;
  /** Images of the batch as noise, one after the other; becomes the images. */
  readonly x: Float32Array;
  /** Seed of each image, for samplers that add noise. */
  readonly seeds: readonly number[];
  readonly signal: AbortSignal;
  /** Told after every call. */
  onCall?(callIndex: number): void;
  /**
   * Shown the guided output of every call and the sample that it was made from, before the step. The output is the
   * receiver's to keep; the sample is valid until it returns.
   */
  onOutput?(callIndex: number, guided: Float32Array, x: Float32Array): void;
}

/**
 * Solves a rectified flow from noise down to t = 0, in place, and says what every call did. The network sees the
 * samples twice, conditional first. Sums are taken in double precision and rounded once a step.
 */
export async function sampleFlow(caller: NetworkCaller, run: SamplerRun): Promise<CallPlan[]> {
  const { solver, x, seeds, signal } = run;
  const steps = solver.start({ size: x.length, nextNoise: createStepNoise(seeds, x.length) });
  const joint = new Float32Array(2 * x.length);
  const guided = new Float64Array(x.length);
  const plans: CallPlan[] = [];
  for (const [callIndex, t] of solver.timesteps.entries()) {
    signal.throwIfAborted();
    joint.set(x, 0);
    joint.set(x, x.length);
    const { velocity, plan } = await caller.call({ callIndex, t, x: joint }, signal);
    plans.push(plan);
    guide(guided, velocity, run.guidance);
    run.onOutput?.(callIndex, Float32Array.from(guided), x);
    steps.step(callIndex, guided, x);
    run.onCall?.(callIndex);
  }
  return plans;
}

/** uncond + guidance · (cond - uncond), in double precision; allocates nothing. */
function guide(guided: Float64Array, velocity: Float32Array, guidance: number): void {
  for (let i = 0; i < guided.length; i++) {
    const cond = velocity[i] ?? NaN;
    const uncond = velocity[guided.length + i] ?? NaN;
    guided[i] = uncond + guidance * (cond - uncond);
  }
}
