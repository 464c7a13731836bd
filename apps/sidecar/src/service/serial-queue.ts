/** Runs tasks one at a time, in the order in which they were added. A failed task does not stop the next. */
export interface SerialQueue {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Tasks that are running or waiting. */
  readonly size: number;
}

/** A queue of its own per run: different runs never wait for each other. */
export function createSerialQueue(): SerialQueue {
  let tail: Promise<unknown> = Promise.resolve();
  let size = 0;
  return {
    get size() {
      return size;
    },
    run<T>(task: () => Promise<T>): Promise<T> {
      size += 1;
      const result = tail.then(task);
      tail = result.then(
        () => (size -= 1),
        () => (size -= 1),
      );
      return result;
    },
  };
}
