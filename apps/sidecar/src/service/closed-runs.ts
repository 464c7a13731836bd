import type { RunStatistics } from '@forecache/adapters';

/** Why a run is not open any more. */
export type CloseReason = 'client' | 'ttl' | 'shutdown';

/** A run that is closed, or closing. */
export interface ClosedRun {
  readonly reason: CloseReason;
  readonly statistics: Promise<RunStatistics>;
}

/** The newest closed runs by id; older ones are forgotten. */
export interface ClosedRuns {
  find(runId: string): ClosedRun | undefined;
  keep(runId: string, run: ClosedRun): void;
}

/** Keeps at most `capacity` runs. */
export function createClosedRuns(capacity: number): ClosedRuns {
  const runs = new Map<string, ClosedRun>();
  return {
    find: (runId) => runs.get(runId),
    keep(runId, run) {
      runs.set(runId, run);
      for (const oldest of runs.keys()) {
        if (runs.size <= capacity) return;
        runs.delete(oldest);
      }
    },
  };
}
