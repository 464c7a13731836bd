import { ForecastError } from '@forecache/core';

/** What an aborted request throws: `deadline-exceeded` after `AbortSignal.timeout`, else `cancelled`. */
export function abortError(signal: AbortSignal): ForecastError {
  const reason: unknown = signal.reason;
  if (reason instanceof ForecastError) return reason;
  if (isTimeout(reason)) {
    return new ForecastError('deadline-exceeded', 'the deadline passed', { cause: reason });
  }
  return new ForecastError('cancelled', 'the request was cancelled', { cause: reason });
}

function isTimeout(reason: unknown): boolean {
  const hasName = typeof reason === 'object' && reason !== null && 'name' in reason;
  return hasName && reason.name === 'TimeoutError';
}

/** Throws `abortError` when the signal is aborted already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}
