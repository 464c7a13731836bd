import {
  float32Tensor,
  float32View,
  type CallPlan,
  type HostRun,
  type PlacedTensor,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { JOINT_BRANCH } from './joint-branch.js';
import type { NetworkCaller } from './network-caller.js';

/** What every caller needs to know of the joint batch. */
export interface JointShape {
  /** Batch first, conditional samples then unconditional ones. */
  readonly shape: readonly number[];
}

/** Full compute by a model host, without any sidecar: the reference, and the way out when the sidecar is gone. */
export function createLocalCaller(run: HostRun, { shape }: JointShape): NetworkCaller {
  return {
    async call({ callIndex, x }, signal) {
      const plan: CallPlan = { callIndex, action: { kind: 'full' }, exceptions: [] };
      const input = inlineInput(shape, x);
      const { output } = await run.runCall(
        { branch: JOINT_BRANCH, plan, input, output: null },
        { signal },
      );
      return { velocity: inlineFloats(output), plan };
    },
  };
}

/** The joint batch as a tensor inside a message. */
export function inlineInput(shape: readonly number[], x: Float32Array) {
  return { ...float32Tensor(shape, x), place: 'inline' } as const;
}

/** The numbers of a tensor that was asked for inline. */
export function inlineFloats(tensor: PlacedTensor): Float32Array {
  if (tensor.place === 'inline') return float32View(tensor);
  throw new ForecastError('internal', `a tensor must be inline, got one in a ${tensor.place}`);
}
