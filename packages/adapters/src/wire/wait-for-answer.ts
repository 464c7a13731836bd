import type { ForecastError } from '@forecache/core';

import { abortError } from './abort.js';
import { noAnswer } from './rpc-channel.js';
import type { ServerPatience } from './rpc-channel.js';

/** Where the answer to one request goes. After the first one, nothing changes any more. */
export interface Waiting<Response> {
  answer(response: Response): void;
  fail(error: ForecastError): void;
}

/** Who is asked, and how long the answer is waited for. */
export interface Patience {
  readonly path: string;
  readonly server: ServerPatience;
  readonly signal: AbortSignal | undefined;
}

/** What `waitForAnswer` tells its caller. */
export interface WaitEvents {
  /** The request has its answer, or will have none. */
  onSettled(): void;
  /** The answer is not waited for any longer; comes after `onSettled`. */
  onGivenUp(): void;
}

/**
 * One request on a stream: settles with the answer, the abort, the deadline or the end of the stream, whichever is
 * first. `place` is for whoever reads the stream.
 */
export function waitForAnswer<Response>(
  patience: Patience,
  events: WaitEvents,
): { readonly answer: Promise<Response>; readonly place: Waiting<Response> } {
  const { signal, path, server } = patience;
  let place: Waiting<Response> = { answer: () => undefined, fail: () => undefined };
  const answer = new Promise<Response>((resolve, reject) => {
    let isSettled = false;
    const settle = (report: () => void) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      events.onSettled();
      report();
    };
    const giveUp = (error: ForecastError) => {
      settle(() => reject(error));
      events.onGivenUp();
    };
    const onAbort = () => signal && giveUp(abortError(signal));
    const timer = setTimeout(() => giveUp(noAnswer(path, server)), server.deadlineMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    place = {
      answer: (response) => settle(() => resolve(response)),
      fail: (error) => settle(() => reject(error)),
    };
  });
  return { answer, place };
}
