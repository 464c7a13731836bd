import type { handleUnaryCall } from '@grpc/grpc-js';

import { toServiceError } from './status.js';

/** Answers a request; the signal is aborted when the caller cancels or its deadline passes. */
export type Answer<Request, Response> = (
  request: Request,
  signal: AbortSignal,
) => Promise<Response> | Response;

/** A gRPC handler from a function that throws `ForecastError`s. */
export function unaryHandler<Request, Response>(
  answer: Answer<Request, Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const controller = new AbortController();
    // grpc-js says so at the end of every call, when nobody listens any more and an abort would only cost.
    let isAnswered = false;
    call.on('cancelled', () => isAnswered || controller.abort());
    Promise.resolve()
      .then(() => answer(call.request, controller.signal))
      .then(
        (response) => {
          isAnswered = true;
          callback(null, response);
        },
        (error: unknown) => {
          isAnswered = true;
          callback(toServiceError(error));
        },
      );
  };
}
