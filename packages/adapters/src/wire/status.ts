import { ForecastError } from '@forecache/core';
import type { ForecastErrorCode } from '@forecache/core';
import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';

import type { CallError } from '../gen/forecache/v1/CallError.js';
import type { CallError__Output } from '../gen/forecache/v1/CallError.js';

/** Longest error message on the wire, in characters: a status travels in an HTTP/2 header block. */
export const MAX_MESSAGE_LENGTH = 1024;

const STATUS: Readonly<Record<ForecastErrorCode, status>> = Object.freeze({
  'invalid-argument': status.INVALID_ARGUMENT,
  'failed-precondition': status.FAILED_PRECONDITION,
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
  internal: status.INTERNAL,
});

/** Statuses that peers may send although we never do. */
const FOREIGN: Readonly<Record<number, ForecastErrorCode>> = Object.freeze({
  [status.OUT_OF_RANGE]: 'invalid-argument',
  [status.ABORTED]: 'failed-precondition',
  [status.PERMISSION_DENIED]: 'failed-precondition',
  [status.UNAUTHENTICATED]: 'failed-precondition',
});

const CODES = new Map<number, ForecastErrorCode>();
for (const code of Object.keys(STATUS)) {
  if (isForecastErrorCode(code)) CODES.set(STATUS[code], code);
}

/** The gRPC status of an error code. */
export function statusOfCode(code: ForecastErrorCode): status {
  return STATUS[code];
}

/** The error code of a gRPC status; `internal` for those without a counterpart. */
export function codeOfStatus(grpcStatus: number): ForecastErrorCode {
  return CODES.get(grpcStatus) ?? FOREIGN[grpcStatus] ?? 'internal';
}

/** What a handler answers with. An error that is not a `ForecastError` tells nothing of its inside. */
export function toServiceError(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  if (error instanceof ForecastError) {
    return { code: STATUS[error.code], details: shorten(error.message) };
  }
  return { code: status.INTERNAL, details: 'internal error' };
}

/** What a client throws: the peer's code and message, with the gRPC error as `cause`. */
export function fromServiceError(error: unknown): ForecastError {
  if (error instanceof ForecastError) return error;
  if (!isServiceError(error)) {
    return new ForecastError('internal', 'the call failed without a status', { cause: error });
  }
  const message = error.details.replace(EMPTY_NOTE, '');
  return new ForecastError(codeOfStatus(error.code), message, { cause: error });
}

/** How grpc-js ends what it says of a connection that failed where nothing went wrong with the name. */
const EMPTY_NOTE = /\. Resolution note: $/;

/** The message of whatever a request of a stream was refused with. */
export function encodeCallError(error: unknown): CallError {
  const { code, details } = toServiceError(error);
  return { code, message: details };
}

/** Why the peer refused one request of a stream. */
export function decodeCallError(message: CallError__Output): ForecastError {
  return new ForecastError(codeOfStatus(message.code), message.message);
}

function isServiceError(error: unknown): error is Pick<StatusObject, 'code' | 'details'> {
  if (typeof error !== 'object' || error === null) return false;
  if (!('code' in error) || !('details' in error)) return false;
  return typeof error.code === 'number' && typeof error.details === 'string';
}

function isForecastErrorCode(code: string): code is ForecastErrorCode {
  return Object.hasOwn(STATUS, code);
}

/** Cut to length and without lone surrogates, on which the URI encoding of a status would throw. */
function shorten(message: string): string {
  const isLong = message.length > MAX_MESSAGE_LENGTH;
  const cut = isLong ? `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : message;
  return cut.replace(/\p{Surrogate}/gu, '\uFFFD');
}
