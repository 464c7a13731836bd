import type { Clock } from '../../src/service/clock.js';

/** A clock that tests move by hand. */
export interface ManualClock extends Clock {
  /** Moves time and calls back whatever is due on the way, in order. */
  advance(durationMs: number): void;
  /** Timers that are waiting. */
  readonly pending: number;
}

export function createManualClock(): ManualClock {
  const timers = new Map<number, { readonly dueMs: number; callback(): void }>();
  let nowMs = 0;
  let nextId = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      const id = nextId++;
      timers.set(id, { dueMs: nowMs + delayMs, callback });
      return () => timers.delete(id);
    },
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    advance(durationMs) {
      const endMs = nowMs + durationMs;
      for (;;) {
        const due = [...timers].filter(([, { dueMs }]) => dueMs <= endMs);
        due.sort(([, a], [, b]) => a.dueMs - b.dueMs);
        const [first] = due;
        if (first === undefined) break;
        const [id, { dueMs, callback }] = first;
        timers.delete(id);
        nowMs = Math.max(nowMs, dueMs);
        callback();
      }
      nowMs = endMs;
    },
    get pending() {
      return timers.size;
    },
  };
}
