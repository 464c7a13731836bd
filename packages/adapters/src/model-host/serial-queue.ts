import { throwIfAborted } from '../wire/abort.js';

/** Runs tasks one after the other, in the order of arrival. */
export interface SerialQueue {
  /** A task whose signal is aborted before its turn does not start. */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/** An empty queue. A task that fails does not stop the ones behind it. */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task, signal) {
      const turn = last.then(() => {
        throwIfAborted(signal);
        return task();
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
