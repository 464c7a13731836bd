import { ForecastError } from '@forecache/core';
import type { ClientReadableStream } from '@grpc/grpc-js';

import type { CacheServiceDefinition } from '../gen/forecache/v1/CacheService.js';
import type { WatchRunsResponse__Output } from '../gen/forecache/v1/WatchRunsResponse.js';
import type { RequestOptions } from '../model-host/model-host.js';
import { abortError, throwIfAborted } from '../wire/abort.js';
import { cacheServiceDefinition } from '../wire/definitions.js';
import { decodeDescription } from '../wire/description-messages.js';
import { decodeCallPlan } from '../wire/plan-messages.js';
import { createRpcChannel, decodeAnswer } from '../wire/rpc-channel.js';
import type { RpcChannel, RpcChannelOptions } from '../wire/rpc-channel.js';
import {
  decodeNetworkOutput,
  decodeOpenedRun,
  encodeCloseRun,
  encodeDecide,
  encodeOpenRun,
  encodeReport,
  encodeRunNetwork,
} from '../wire/run-messages.js';
import type { OpenedRun } from '../wire/run-messages.js';
import {
  decodePolicy,
  decodeRunEvent,
  decodeRunStatistics,
  decodeSidecarStatistics,
} from '../wire/statistics-messages.js';
import { fromServiceError } from '../wire/status.js';
import type { CacheClient, CacheRun, RunEvent } from './cache-client.js';
import { createInterceptStream } from './intercept-stream.js';

/** A client of the sidecar at `address`. Every error is a `ForecastError`. */
export function createCacheClient(options: RpcChannelOptions): CacheClient {
  const channel = createRpcChannel(options);
  const service = cacheServiceDefinition();
  return {
    openRun: (request, requestOptions) =>
      channel.unary(service.OpenRun, encodeOpenRun(request), {
        decode: (answer) => cacheRun(channel, service, decodeOpenedRun(answer)),
        signal: requestOptions?.signal,
      }),
    watchRuns: (runId, requestOptions) => watchRuns(channel, runId, requestOptions),
    listPolicies: (requestOptions) =>
      channel.unary(
        service.ListPolicies,
        {},
        {
          decode: ({ policies }) => policies.map(decodePolicy),
          signal: requestOptions?.signal,
        },
      ),
    listModels: (requestOptions) =>
      channel.unary(
        service.ListModels,
        {},
        {
          decode: ({ models }) =>
            models.map((model, index) => decodeDescription(model, `models[${index}].`)),
          signal: requestOptions?.signal,
        },
      ),
    statistics: (requestOptions) =>
      channel.unary(
        service.GetStatistics,
        {},
        {
          decode: decodeSidecarStatistics,
          signal: requestOptions?.signal,
        },
      ),
    close: () => channel.close(),
  };
}

function cacheRun(
  channel: RpcChannel,
  service: CacheServiceDefinition,
  opened: OpenedRun,
): CacheRun {
  const { runId } = opened;
  return {
    ...opened,
    decide: (call, options) =>
      channel.unary(service.Decide, encodeDecide({ ...call, runId }), {
        decode: ({ plan }) => decodeCallPlan(plan, 'plan'),
        signal: options?.signal,
      }),
    intercept: () => {
      const { address, deadlineMs } = channel;
      const duplex = channel.duplex(service.Intercept);
      return createInterceptStream(duplex, { runId, address, deadlineMs });
    },
    runNetwork: (call, options) =>
      channel.unary(service.RunNetwork, encodeRunNetwork({ ...call, runId }), {
        decode: decodeNetworkOutput,
        signal: options?.signal,
      }),
    report: (report, options) =>
      channel.unary(service.Report, encodeReport({ ...report, runId }), {
        decode: () => undefined,
        signal: options?.signal,
      }),
    close: (outcome, options) =>
      channel.unary(service.CloseRun, encodeCloseRun({ runId, outcome }), {
        decode: ({ statistics }) => decodeRunStatistics(statistics, 'statistics'),
        signal: options?.signal,
      }),
  };
}

/** Events until the server ends the stream; no deadline. Leaving the loop or aborting cancels it. */
async function* watchRuns(
  channel: RpcChannel,
  runId: string,
  options: RequestOptions | undefined,
): AsyncGenerator<RunEvent, void, void> {
  const signal = options?.signal;
  throwIfAborted(signal);
  const { WatchRuns } = cacheServiceDefinition();
  const stream: ClientReadableStream<WatchRunsResponse__Output> = channel.serverStream(WatchRuns, {
    runId,
  });
  const cancel = () => stream.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  stream.on('error', () => undefined); // Cancelling on the way out reports an error that nobody awaits.
  try {
    for await (const message of stream) {
      yield decodeAnswer(WatchRuns.path, () => decodeRunEvent(message));
    }
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal);
    throw error instanceof ForecastError ? error : fromServiceError(error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}
