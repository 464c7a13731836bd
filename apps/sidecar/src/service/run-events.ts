import type { RunEvent } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { assertWithinLimit, type ServiceLimits } from './limits.js';

/** Where the events of one watcher go. */
export interface EventSink {
  /** False when the sink is full: the next event waits until `drained` is called on the watcher. */
  write(event: RunEvent): boolean;
  /** No more events. An error says why the watcher was dropped. */
  end(error?: ForecastError): void;
}

/** One stream of WatchRuns. */
export interface Watcher {
  /** Tells the watcher that its sink takes events again. */
  drained(): void;
  /** Stops watching; the sink is left alone. */
  stop(): void;
}

/** Hands the events of all runs to their watchers, and never waits for one of them. */
export interface RunEvents {
  publish(event: RunEvent): void;
  /** Watches one run, or all with an empty id. The watcher of one run ends with that run. */
  watch(runId: string, sink: EventSink): Watcher;
  /** Ends every watcher. */
  close(error: ForecastError): void;
}

/** An event bus whose queues are bounded by `maxWatcherQueue`: a watcher that falls behind is dropped. */
export function createRunEvents(limits: ServiceLimits): RunEvents {
  const watchers = new Set<BoundedWatcher>();
  return {
    publish(event) {
      for (const watcher of [...watchers]) watcher.offer(event);
    },
    watch(runId, sink) {
      assertWithinLimit(limits, {
        limit: 'maxWatchers',
        what: 'watchers',
        asked: watchers.size + 1,
      });
      const watcher = createWatcher({
        runId,
        sink,
        limits,
        forget: () => watchers.delete(watcher),
      });
      watchers.add(watcher);
      return watcher;
    },
    close(error) {
      for (const watcher of [...watchers]) watcher.drop(error);
    },
  };
}

interface BoundedWatcher extends Watcher {
  offer(event: RunEvent): void;
  drop(error: ForecastError): void;
}

interface WatcherOptions {
  readonly runId: string;
  readonly sink: EventSink;
  readonly limits: ServiceLimits;
  forget(): void;
}

/** States: open → (queue full: dropped | its run closed and queue empty: ended | stopped). */
function createWatcher({ runId, sink, limits, forget }: WatcherOptions): BoundedWatcher {
  const queue: RunEvent[] = [];
  let isFull = false;
  let isLast = false;
  let isEnded = false;

  function end(error?: ForecastError): void {
    if (isEnded) return;
    isEnded = true;
    sink.end(error);
  }

  function flush(): void {
    for (let event = queue[0]; event !== undefined && !isFull; event = queue[0]) {
      queue.shift();
      isFull = !sink.write(event);
    }
    if (isLast && queue.length === 0) end();
  }

  function drop(error: ForecastError): void {
    forget();
    queue.length = 0;
    end(error);
  }

  return {
    offer(event) {
      if (runId !== '' && event.runId !== runId) return;
      if (queue.length >= limits.maxWatcherQueue) {
        drop(
          new ForecastError(
            'resource-exhausted',
            `the watcher is too slow: events that wait for it must be at most ` +
              `${limits.maxWatcherQueue} (maxWatcherQueue), got ${queue.length + 1}`,
          ),
        );
        return;
      }
      queue.push(event);
      if (runId !== '' && event.kind === 'closed') {
        isLast = true;
        forget();
      }
      flush();
    },
    drop,
    drained() {
      isFull = false;
      flush();
    },
    stop: forget,
  };
}
