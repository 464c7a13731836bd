import type { Samples } from './weighted-sum.js';

/**
 * A sampler of a rectified flow: x_t = (1 - t) image + t noise, v the network's guided output, noise - image. Every one
 * is linear in the outputs, so that its response tells all there is to know of it.
 */
export interface Solver {
  /** As `--sampler` takes it. */
  readonly name: string;
  readonly steps: number;
  /** t of every call; Heun's repeat. */
  readonly timesteps: readonly number[];
  start(start: SolverStart): SolverRun;
}

/** What a run of a solver begins with. */
export interface SolverStart {
  /** Numbers of all samples. */
  readonly size: number;
  /** Fills `target` with standard normal noise, anew each time; only solvers that add noise ask. */
  nextNoise(target: Float64Array): void;
}

/** One run of a solver, which remembers what earlier calls gave. */
export interface SolverRun {
  /** Advances x, in place, to where the next call sees it. Calls come in order; nothing is allocated per number. */
  step(callIndex: number, v: Samples, x: Samples): void;
}
