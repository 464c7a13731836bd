/** Time as the service sees it: injected, so that tests move it by hand. */
export interface Clock {
  /** Monotonic milliseconds, with a fraction. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the answer cancels it. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** Lets other work of the event loop run before going on. */
  yieldTurn(): Promise<void>;
}

/** The clock of this process. */
export function createSystemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
