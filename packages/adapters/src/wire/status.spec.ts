import { ForecastError } from '@forecache/core';
import type { ForecastErrorCode } from '@forecache/core';
import { status } from '@grpc/grpc-js';

import { codeOfStatus, fromServiceError, statusOfCode, toServiceError } from './status.js';

const TABLE: readonly [ForecastErrorCode, status][] = [
  ['invalid-argument', status.INVALID_ARGUMENT],
  ['failed-precondition', status.FAILED_PRECONDITION],
  ['not-found', status.NOT_FOUND],
  ['already-exists', status.ALREADY_EXISTS],
  ['resource-exhausted', status.RESOURCE_EXHAUSTED],
  ['deadline-exceeded', status.DEADLINE_EXCEEDED],
  ['cancelled', status.CANCELLED],
  ['unavailable', status.UNAVAILABLE],
  ['unimplemented', status.UNIMPLEMENTED],
  ['internal', status.INTERNAL],
];

describe('error codes and gRPC statuses', () => {
  it.each(TABLE)('%s is status %d in both directions', (code, expected) => {
    expect(statusOfCode(code)).toBe(expected);
    expect(codeOfStatus(expected)).toBe(code);
  });

  it.each([
    [status.OUT_OF_RANGE, 'invalid-argument'],
    [status.ABORTED, 'failed-precondition'],
    [status.PERMISSION_DENIED, 'failed-precondition'],
    [status.UNAUTHENTICATED, 'failed-precondition'],
    [status.DATA_LOSS, 'internal'],
    [status.UNKNOWN, 'internal'],
    [4711, 'internal'],
  ])('a peer may send status %d: %s', (grpcStatus, code) => {
    expect(codeOfStatus(grpcStatus)).toBe(code);
  });

  it('an error keeps code and message on the way', () => {
    const error = new ForecastError('not-found', 'run a is not open');
    const back = fromServiceError(toServiceError(error));
    expect(back).toMatchObject({ code: 'not-found', message: 'run a is not open' });
  });

  it.each([new Error('secret path'), 'text', null, undefined, { code: 'ENOENT' }])(
    'what is not ours tells nothing of its inside: %p',
    (error) => {
      expect(toServiceError(error)).toEqual({ code: status.INTERNAL, details: 'internal error' });
    },
  );

  it('a failure without a status is internal and keeps its cause', () => {
    const cause = new Error('x');
    expect(fromServiceError(cause)).toMatchObject({
      code: 'internal',
      message: 'the call failed without a status',
      cause,
    });
  });

  it('a connection that failed has no empty note', () => {
    const details = 'Last error: ECONNREFUSED. Resolution note: ';
    const failed = Object.assign(new Error('x'), { code: status.UNAVAILABLE, details });
    expect(fromServiceError(failed).message).toBe('Last error: ECONNREFUSED');
    const noted = Object.assign(new Error('x'), { ...failed, details: `${details}no such name` });
    expect(fromServiceError(noted).message).toBe(`${details}no such name`);
  });

  it('a long message is cut, and lone surrogates are replaced', () => {
    const error = new ForecastError('invalid-argument', `\ud800${'x'.repeat(2000)}`);
    const { details } = toServiceError(error);
    expect(details).toBe(`\ufffd${'x'.repeat(1022)}…`);
    expect(() => encodeURI(details)).not.toThrow();
  });
});
