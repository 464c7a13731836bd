import { ForecastError } from '@forecache/core';

import type { CallError__Output } from '../gen/forecache/v1/CallError.js';
import { throwIfAborted } from './abort.js';
import { callError, decodeAnswer } from './rpc-channel.js';
import type { RpcChannel, RpcMethod, UnaryOptions } from './rpc-channel.js';
import { decodeCallError, fromServiceError } from './status.js';
import { waitForAnswer } from './wait-for-answer.js';
import type { Waiting } from './wait-for-answer.js';

/** What every answer on a stream has beside its own fields. */
export interface StreamedAnswer {
  readonly error: CallError__Output | null;
}

/**
 * The requests of one method on one stream, which costs a third of a unary call each. The stream is opened by the
 * first request and by the first one after it broke; answers come in the order of the requests.
 */
export interface CallStream<Request, Response> {
  /** Rejects with the server's error, or after the channel's deadline, or when the signal is aborted. */
  call<Result>(request: Request, options: UnaryOptions<Response, Result>): Promise<Result>;
  /** Tells the server that no more requests come. */
  end(): void;
  /** Breaks the stream off; whoever waits is rejected. */
  cancel(): void;
}

/** A stream that is not open yet. */
export function createCallStream<Request, Response extends StreamedAnswer>(
  channel: RpcChannel,
  method: RpcMethod<Request, Response>,
): CallStream<Request, Response> {
  let current: OpenStream<Request, Response> | null = null;
  let isEnded = false;
  return {
    async call(request, { decode, signal }) {
      throwIfAborted(signal);
      if (!current?.isOpen()) current = openStream(channel, method);
      const answer = current.ask(request, signal);
      if (isEnded) current.end();
      const response = await answer;
      if (response.error !== null) throw decodeCallError(response.error);
      return decodeAnswer(method.path, () => decode(response));
    },
    end() {
      isEnded = true;
      current?.end();
    },
    cancel: () => current?.cancel(),
  };
}

interface OpenStream<Request, Response> {
  /** Whether it takes requests. */
  isOpen(): boolean;
  ask(request: Request, signal: AbortSignal | undefined): Promise<Response>;
  end(): void;
  cancel(): void;
}

/**
 * States: open; ended by `end` (takes no requests, those sent are still answered); over (broken, or ended by the
 * server: every waiting request is rejected). A request that gave up keeps its place in the queue, because its answer still comes; once nobody else waits, the stream is broken off
 * instead, so that the server stops computing what nobody wants.
 */
function openStream<Request, Response>(
  channel: RpcChannel,
  method: RpcMethod<Request, Response>,
): OpenStream<Request, Response> {
  const duplex = channel.duplex(method);
  const queue: Waiting<Response>[] = [];
  let waiting = 0;
  let isOpen = true;
  const finish = (error: ForecastError) => {
    isOpen = false;
    for (const request of queue.splice(0)) request.fail(error);
  };
  const broken = (cause: unknown) =>
    finish(callError(goneIfCancelled(cause), method.path, channel));
  duplex.on('data', (response: Response) => queue.shift()?.answer(response));
  duplex.on('error', broken);
  duplex.on('end', () => broken(new ForecastError('unavailable', 'it ended the stream')));
  const cancel = () => {
    finish(new ForecastError('cancelled', 'the request was cancelled'));
    duplex.cancel();
  };
  return {
    isOpen: () => isOpen,
    end() {
      isOpen = false;
      duplex.end();
    },
    cancel,
    ask(request, signal) {
      waiting += 1;
      const { answer, place } = waitForAnswer<Response>(
        { path: method.path, server: channel, signal },
        {
          onSettled: () => (waiting -= 1),
          onGivenUp: () => waiting === 0 && cancel(),
        },
      );
      queue.push(place);
      duplex.write(request);
      return answer;
    },
  };
}

/** This side forgets a stream that it cancels: one that is cancelled all the same lost its server. */
function goneIfCancelled(cause: unknown): ForecastError {
  const error = fromServiceError(cause);
  if (error.code !== 'cancelled') return error;
  return new ForecastError('unavailable', 'it broke the stream off', { cause });
}
