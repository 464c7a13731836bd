import { ForecastError, invalidArgument } from '@forecache/core';

import type { HostRun } from '../model-host.js';

/** Default of `maxRuns`. */
export const DEFAULT_MAX_RUNS = 64;

/** Default of `idleMs`: ten minutes. */
export const DEFAULT_IDLE_MS = 600_000;

/** Limits of the runs that remote callers open. */
export interface RunRegistryOptions {
  /** Runs open at the same time. Default 64. */
  readonly maxRuns?: number;
  /** A run that nobody asks anything for this long is ended: its caller has vanished. Default 600,000. */
  readonly idleMs?: number;
}

/** Runs by id, for a server. */
export interface RunRegistry {
  readonly size: number;
  /** Reserves the id, opens the run, and gives the id back when that fails. */
  open(runId: string, begin: () => Promise<HostRun>): Promise<void>;
  /** Does some work with an open run, which does not go idle meanwhile. */
  use<Result>(runId: string, work: (run: HostRun) => Promise<Result>): Promise<Result>;
  /** Ends a run; one that is not open is not an error. */
  end(runId: string): Promise<void>;
  endAll(): Promise<void>;
}

interface Entry {
  run: HostRun | null; // null while it is being opened
  uses: number;
  idleTimer: NodeJS.Timeout | null;
}

/** No runs yet. */
export function createRunRegistry(options: RunRegistryOptions = {}): RunRegistry {
  const { maxRuns = DEFAULT_MAX_RUNS, idleMs = DEFAULT_IDLE_MS } = options;
  assertAtLeastOne('maxRuns', maxRuns);
  assertAtLeastOne('idleMs', idleMs);
  const entries = new Map<string, Entry>();
  const end = async (runId: string): Promise<void> => {
    const entry = entries.get(runId);
    if (entry === undefined || entry.run === null) return;
    entries.delete(runId);
    if (entry.idleTimer !== null) clearTimeout(entry.idleTimer);
    await entry.run.end();
  };
  const startIdling = (runId: string, entry: Entry): void => {
    entry.idleTimer = setTimeout(() => void end(runId), idleMs).unref();
  };
  return {
    get size() {
      return entries.size;
    },
    async open(runId, begin) {
      if (entries.has(runId)) {
        throw new ForecastError('already-exists', `run ${runId} is open already`);
      }
      if (entries.size >= maxRuns) {
        throw new ForecastError(
          'resource-exhausted',
          `all ${maxRuns} runs of this host are in use`,
        );
      }
      const entry: Entry = { run: null, uses: 0, idleTimer: null };
      entries.set(runId, entry);
      try {
        entry.run = await begin();
      } catch (error) {
        entries.delete(runId);
        throw error;
      }
      startIdling(runId, entry);
    },
    async use(runId, work) {
      const entry = entries.get(runId);
      if (entry === undefined || entry.run === null) {
        throw new ForecastError('not-found', `run ${runId} is not open on this host`);
      }
      if (entry.idleTimer !== null) clearTimeout(entry.idleTimer);
      entry.uses += 1;
      try {
        return await work(entry.run);
      } finally {
        entry.uses -= 1;
        if (entry.uses === 0 && entries.get(runId) === entry) startIdling(runId, entry);
      }
    },
    end,
    async endAll() {
      await Promise.all([...entries.keys()].map(end));
    },
  };
}

function assertAtLeastOne(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw invalidArgument(name, 'an integer >= 1', value);
}
