import type { RunOutcome, RunSetup, RunStatistics } from '@forecache/adapters';
import type { Fallback } from '../sampler/fallback-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import type { Batch } from './generation-job.js';

/** One run, ready for the sampler. */
export interface OpenedRun {
  readonly caller: NetworkCaller;
  /** Steps to take; fewer than asked under the fewer-steps policy. */
  readonly steps: number;
  /** Policy name and effective options. */
  readonly policy: string;
  /** What the host was asked to keep: says where the plans of its calls apply. */
  readonly setup: RunSetup;
  close(outcome: RunOutcome): Promise<ClosedRun>;
}

/** What a closed run leaves behind. */
export interface ClosedRun {
  /** The sidecar's count; null without one, or when it did not live to tell. */
  readonly statistics: RunStatistics | null;
  readonly fallback: Fallback | null;
}

/** Opens runs for a job's batches: with or without a sidecar. */
export interface RunOpener {
  open(batch: Batch, signal: AbortSignal): Promise<OpenedRun>;
}
