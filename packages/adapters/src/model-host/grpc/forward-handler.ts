import { status } from '@grpc/grpc-js';

import type { ForwardRequest__Output } from '../../gen/forecache/v1/ForwardRequest.js';
import type { ForwardResponse } from '../../gen/forecache/v1/ForwardResponse.js';
import type { ModelHostServiceHandlers } from '../../gen/forecache/v1/ModelHostService.js';
import { decodeForward, encodeForwarded } from '../../wire/model-host-messages.js';
import { encodeCallError } from '../../wire/status.js';
import type { RunRegistry } from '../transformer/run-registry.js';

/** One stream of forwards, as grpc-js hands it to a handler. */
export type ForwardStreamCall = Parameters<ModelHostServiceHandlers['Forward']>[0];

/**
 * Answers the requests of one stream one after the other, in the order of arrival; meanwhile no other is read. A
 * caller that cancels or vanishes aborts the one under way.
 */
export function handleForwards(call: ForwardStreamCall, runs: RunRegistry): void {
  const vanished = new AbortController();
  const { signal } = vanished;
  call.on('cancelled', () => call.writableEnded || vanished.abort());
  call.on('data', (message: ForwardRequest__Output) => {
    call.pause();
    void answerForward(message, runs, signal).then((response) => {
      if (signal.aborted || call.destroyed) return;
      if (call.write(response)) call.resume();
      else call.once('drain', () => call.resume());
    });
  });
  call.on('end', () => call.end());
}

/** Ends a stream with UNAVAILABLE. grpc-js takes a status from an `error` event. */
export function endForwards(call: ForwardStreamCall): void {
  call.emit('error', { code: status.UNAVAILABLE, details: 'the model host is shutting down' });
}

async function answerForward(
  message: ForwardRequest__Output,
  runs: RunRegistry,
  signal: AbortSignal,
): Promise<ForwardResponse> {
  try {
    const request = decodeForward(message);
    const answer = await runs.use(request.runId, (run) => run.forward(request, { signal }));
    return encodeForwarded(answer);
  } catch (error) {
    return { error: encodeCallError(error) };
  }
}
