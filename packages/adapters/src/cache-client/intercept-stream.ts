import { ForecastError } from '@forecache/core';
import type { ClientDuplexStream } from '@grpc/grpc-js';

import type { InterceptRequest } from '../gen/forecache/v1/InterceptRequest.js';
import type { InterceptResponse__Output } from '../gen/forecache/v1/InterceptResponse.js';
import { throwIfAborted } from '../wire/abort.js';
import { decodeInterceptAnswer, encodeInterceptCall } from '../wire/intercept-messages.js';
import { decodeAnswer } from '../wire/rpc-channel.js';
import { fromServiceError } from '../wire/status.js';
import { waitForAnswer } from '../wire/wait-for-answer.js';
import type { Waiting } from '../wire/wait-for-answer.js';
import type { FeatureAnswer, InterceptStream } from './cache-client.js';

/** The stream that carries the messages. */
export type InterceptDuplex = ClientDuplexStream<InterceptRequest, InterceptResponse__Output>;

/** What `createInterceptStream` takes. */
export interface InterceptStreamOptions {
  readonly runId: string;
  readonly address: string;
  /** A call without an answer after this time fails with `deadline-exceeded`; the stream stays usable. */
  readonly deadlineMs: number;
}

interface Pending extends Waiting<readonly FeatureAnswer[]> {
  readonly sites: readonly string[];
}

const PATH = '/forecache.v1.CacheService/Intercept';

/**
 * Matches answers to calls by sequence number. States: open (calls are sent) and over (the stream has ended,
 * failed or been ended by `end`; every waiting and every later call is rejected with `unavailable`).
 */
export function createInterceptStream(
  duplex: InterceptDuplex,
  options: InterceptStreamOptions,
): InterceptStream {
  const pending = new Map<number, Pending>();
  let nextSequence = 1;
  let over: ForecastError | null = null;
  const finish = (reason: string, cause?: unknown) => {
    const message = `Intercept: the stream to ${options.address} is over: ${reason}`;
    over ??= new ForecastError('unavailable', message, { cause });
    for (const waiting of [...pending.values()]) waiting.fail(over);
  };
  duplex.on('data', (message: InterceptResponse__Output) => settle(pending, message));
  duplex.on('error', (error: unknown) => finish(fromServiceError(error).message, error));
  duplex.on('end', () => finish('the server ended it'));
  return {
    async call(request, requestOptions) {
      throwIfAborted(requestOptions?.signal);
      if (over !== null) throw over;
      const sequence = nextSequence++;
      const { runId } = options;
      const { answer, place } = waitForAnswer<readonly FeatureAnswer[]>(
        { path: PATH, server: options, signal: requestOptions?.signal },
        // A late answer finds nobody and is dropped.
        { onSettled: () => pending.delete(sequence), onGivenUp: () => undefined },
      );
      pending.set(sequence, { ...place, sites: request.features.map(({ site }) => site) });
      duplex.write(encodeInterceptCall({ ...request, runId, sequence }));
      return answer;
    },
    end() {
      duplex.end();
      finish('it was ended');
    },
  };
}

function settle(pending: Map<number, Pending>, message: InterceptResponse__Output): void {
  const waiting = pending.get(message.sequence);
  if (waiting === undefined) return;
  try {
    const answer = decodeAnswer(PATH, () => decodeInterceptAnswer(message));
    if ('error' in answer) return waiting.fail(answer.error);
    waiting.answer(decodeAnswer(PATH, () => sameSites(answer.features, waiting.sites)));
  } catch (error) {
    waiting.fail(fromServiceError(error));
  }
}

function sameSites(features: readonly FeatureAnswer[], sites: readonly string[]) {
  const answered = features.map(({ site }) => site).join(', ');
  const asked = sites.join(', ');
  if (answered === asked) return features;
  throw new ForecastError('internal', `asked for ${asked}, answered ${answered}`);
}
