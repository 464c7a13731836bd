import type { ModelHostServiceDefinition } from '../gen/forecache/v1/ModelHostService.js';
import { modelHostServiceDefinition } from '../wire/definitions.js';
import { decodeDescription } from '../wire/description-messages.js';
import {
  decodeCallOutput,
  decodeForwarded,
  decodeRequiredTensor,
  encodeBeginRun,
  encodeCombine,
  encodeForward,
  encodeRunCall,
} from '../wire/model-host-messages.js';
import { createRpcChannel } from '../wire/rpc-channel.js';
import type { RpcChannel, RpcChannelOptions } from '../wire/rpc-channel.js';
import type { HostRun, ModelHost } from './model-host.js';

/** A model host in another process, in any language, that serves `model_host.proto`. */
export function createGrpcModelHost(options: RpcChannelOptions): ModelHost {
  const channel = createRpcChannel(options);
  const service = modelHostServiceDefinition();
  return {
    describe: (request) =>
      channel.unary(service.Describe, {}, { decode: decodeDescription, signal: request?.signal }),
    beginRun: (request, requestOptions) =>
      channel.unary(service.BeginRun, encodeBeginRun(request), {
        decode: () => grpcHostRun(channel, service, request.runId),
        signal: requestOptions?.signal,
      }),
    close: async () => channel.close(),
  };
}

function grpcHostRun(
  channel: RpcChannel,
  service: ModelHostServiceDefinition,
  runId: string,
): HostRun {
  return {
    forward: (request, options) =>
      channel.unary(service.Forward, encodeForward({ ...request, runId }), {
        decode: decodeForwarded,
        signal: options?.signal,
      }),
    combine: (request, options) =>
      channel.unary(service.Combine, encodeCombine({ ...request, runId }), {
        decode: ({ output }) => decodeRequiredTensor(output, 'output'),
        signal: options?.signal,
      }),
    runCall: (request, options) =>
      channel.unary(service.RunCall, encodeRunCall({ ...request, runId }), {
        decode: decodeCallOutput,
        signal: options?.signal,
      }),
    end: () => channel.unary(service.EndRun, { runId }, { decode: () => undefined }),
  };
}
