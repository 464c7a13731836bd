import type { RunOutcome, RunStatistics } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { Clock } from './clock.js';
import { createClosedRuns, type CloseReason } from './closed-runs.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';

/** What the registry needs to know of a run. */
export interface RegisteredRun {
  readonly runId: string;
  /** Frees everything the run holds, whatever fails on the way, and says what it did. Called once. */
  end(outcome: RunOutcome): Promise<RunStatistics>;
}

/** A place for a run that is being opened; it counts against `maxRuns` until it is filled or released. */
export interface RunSlot<R extends RegisteredRun> {
  fill(run: R): void;
  release(): void;
}

/**
 * The open runs by id, and the statistics of the newest closed ones.
 * States of a run: reserved → open → closed → forgotten. Moved by `fill`, by `close` or an idle time of
 * `ttlMs`, and by `maxClosedRuns` newer closed runs.
 */
export interface RunRegistry<R extends RegisteredRun> {
  /** Every open run, oldest first. */
  open(): readonly R[];
  reserve(): RunSlot<R>;
  /** Runs a task on an open run; while it works, and for `ttlMs` after, the run does not expire. */
  use<T>(runId: string, task: (run: R) => Promise<T>): Promise<T>;
  /** Throws unless the run is open. */
  assertOpen(runId: string): void;
  /** Closes a run; a second close answers the same statistics. */
  close(runId: string, outcome: RunOutcome): Promise<RunStatistics>;
  /** Closes every run, as `interrupted`. */
  closeAll(): Promise<void>;
}

export interface RunRegistryOptions {
  readonly limits: ServiceLimits;
  readonly ttlMs: number;
  readonly clock: Clock;
  onClosed(reason: CloseReason, statistics: RunStatistics): void;
}

interface Entry<R> {
  readonly run: R;
  usedMs: number;
  inFlight: number;
  cancelTimer: () => void;
}

/** An empty registry. */
export function createRunRegistry<R extends RegisteredRun>(
  options: RunRegistryOptions,
): RunRegistry<R> {
  const { limits, clock } = options;
  const closed = createClosedRuns(limits.maxClosedRuns);
  const open = new Map<string, Entry<R>>();
  let reserved = 0;

  function find(runId: string): Entry<R> {
    const entry = open.get(runId);
    if (entry !== undefined) return entry;
    const former = closed.find(runId);
    if (former !== undefined) throw closedRun(runId, former.reason, options.ttlMs);
    throw new ForecastError('not-found', `run ${JSON.stringify(runId)} is not known`);
  }

  function closeEntry(entry: Entry<R>, ending: Ending): Promise<RunStatistics> {
    const { runId } = entry.run;
    const { reason, outcome } = ending;
    entry.cancelTimer();
    open.delete(runId);
    const statistics = entry.run.end(outcome).then((result) => {
      options.onClosed(reason, result);
      return result;
    });
    closed.keep(runId, { reason, statistics });
    return statistics;
  }

  function fill(run: R): void {
    reserved -= 1;
    const entry = { run, usedMs: clock.nowMs(), inFlight: 0, cancelTimer: () => undefined };
    open.set(run.runId, entry);
    const expire = () => void closeEntry(entry, { reason: 'ttl', outcome: 'interrupted' });
    closeWhenIdle({ ...options, entry, expire }, options.ttlMs);
  }

  return {
    open: () => [...open.values()].map((entry) => entry.run),
    reserve() {
      const asked = open.size + reserved + 1;
      assertWithinLimit(limits, { limit: 'maxRuns', what: 'open runs', asked });
      reserved += 1;
      return { fill, release: () => void (reserved -= 1) };
    },
    use: (runId, task) => useEntry(find(runId), clock, task),
    assertOpen: (runId) => void find(runId),
    async close(runId, outcome) {
      const former = closed.find(runId);
      if (former !== undefined) return former.statistics;
      return closeEntry(find(runId), { reason: 'client', outcome });
    },
    async closeAll() {
      const ending: Ending = { reason: 'shutdown', outcome: 'interrupted' };
      await Promise.all([...open.values()].map((entry) => closeEntry(entry, ending)));
    },
  };
}

interface Ending {
  readonly reason: CloseReason;
  readonly outcome: RunOutcome;
}

async function useEntry<R, T>(
  entry: Entry<R>,
  clock: Clock,
  task: (run: R) => Promise<T>,
): Promise<T> {
  entry.inFlight += 1;
  try {
    return await task(entry.run);
  } finally {
    entry.inFlight -= 1;
    entry.usedMs = clock.nowMs();
  }
}

interface IdleWatch<R> extends Pick<RunRegistryOptions, 'clock' | 'ttlMs'> {
  readonly entry: Entry<R>;
  expire(): void;
}

/** One timer per run; a run that was used meanwhile gets the rest of its time. */
function closeWhenIdle<R>(watch: IdleWatch<R>, delayMs: number): void {
  const { clock, ttlMs, entry } = watch;
  entry.cancelTimer = clock.after(delayMs, () => {
    const idleMs = entry.inFlight > 0 ? 0 : clock.nowMs() - entry.usedMs;
    if (idleMs >= ttlMs) return watch.expire();
    closeWhenIdle(watch, ttlMs - idleMs);
  });
}

function closedRun(runId: string, reason: CloseReason, ttlMs: number): ForecastError {
  const why = {
    client: 'its client closed it',
    ttl: `no request came for ${ttlMs} ms`,
    shutdown: 'the sidecar is shutting down',
  }[reason];
  return new ForecastError('failed-precondition', `run ${JSON.stringify(runId)} is closed: ${why}`);
}
