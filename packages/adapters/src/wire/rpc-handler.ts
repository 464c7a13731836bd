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
    call.on('cancelled', () => controller.abort());
    Promise.resolve()
      .then(() => answer(call.request, controller.signal))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      );
  };
}
