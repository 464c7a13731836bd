import type { CallPlan } from '@forecache/adapters';

/** One call of the network on the joint batch: the conditional samples, then the unconditional ones. */
export interface NetworkCall {
  /** Counted up from 0. */
  readonly callIndex: number;
  /** Timestep: 1 is noise, 0 is the image. */
  readonly t: number;
  /** Joint batch, read until the call returns. */
  readonly x: Float32Array;
}

/** The network's answer. */
export interface NetworkAnswer {
  /** As long as `x`; valid until the next call. */
  readonly velocity: Float32Array;
  /** What was done, from which follows what it cost. */
  readonly plan: CallPlan;
}

/**
 * Whatever answers the sampler's calls of one run: the network in this process, or the sidecar in one of its
 * three modes.
 */
export interface NetworkCaller {
  call(call: NetworkCall, signal: AbortSignal): Promise<NetworkAnswer>;
}
