import { once } from 'node:events';
import {
  decodeInterceptCall,
  encodeInterceptAnswer,
  statusOfCode,
  type CacheServiceHandlers,
} from '@forecache/adapters';
import type { ForecastError } from '@forecache/core';
import type { CacheService } from './cache-service.js';

/** One bidirectional stream of feature calls, and one message on it. */
export type InterceptStreamCall = Parameters<CacheServiceHandlers['Intercept']>[0];
type InterceptMessage = Parameters<typeof decodeInterceptCall>[0];

/** Counts a refused request and answers what the caller is told. */
export type Refuse = (method: string, error: unknown) => ForecastError;

/**
 * Answers the messages of one stream in their order, one after another. A message that fails is answered
 * with its error and the stream goes on. A client that vanishes leaves its runs open: it may come back.
 */
export async function handleIntercept(
  service: CacheService,
  call: InterceptStreamCall,
  refuse: Refuse,
): Promise<void> {
  const vanished = new AbortController();
  call.once('cancelled', () => vanished.abort());
  call.once('error', () => vanished.abort());
  const { signal } = vanished;
  try {
    for await (const message of call.iterator({ destroyOnReturn: false })) {
      const answer = await answerMessage({ service, refuse, signal }, message);
      if (signal.aborted) return;
      if (!call.write(answer)) await once(call, 'drain', { signal });
    }
    call.end();
  } catch (error) {
    // The stream itself broke: its client is gone, or the server is stopping. Nobody is left to tell.
    if (!signal.aborted && !call.destroyed) endWithError(call, refuse('Intercept', error));
  }
}

interface Answering {
  readonly service: CacheService;
  readonly refuse: Refuse;
  readonly signal: AbortSignal;
}

async function answerMessage({ service, refuse, signal }: Answering, message: InterceptMessage) {
  const { sequence } = message;
  try {
    const { runId, branch, callIndex, features: calls } = decodeInterceptCall(message);
    const call = { branch, callIndex, features: calls };
    return encodeInterceptAnswer({
      sequence,
      features: await service.intercept(runId, call, signal),
    });
  } catch (error) {
    return encodeInterceptAnswer({ sequence, error: refuse('Intercept', error) });
  }
}

/** Ends a stream with a status. grpc-js takes it from an `error` event. */
export function endWithError(
  call: { emit(event: 'error', status: object): boolean },
  error: ForecastError,
): void {
  call.emit('error', { code: statusOfCode(error.code), details: error.message });
}
