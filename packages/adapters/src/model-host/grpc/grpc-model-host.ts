import type { ModelHostServiceDefinition } from '../../gen/forecache/v1/ModelHostService.js';
import { createCallStream } from '../../wire/call-stream.js';
import { modelHostServiceDefinition } from '../../wire/definitions.js';
import { decodeDescription } from '../../wire/description-messages.js';
import {
  decodeCallOutput,
  decodeForwarded,
  decodeRequiredTensor,
  encodeBeginRun,
  encodeCombine,
  encodeForward,
  encodeMeasure,
  encodeRunCall,
} from '../../wire/model-host-messages.js';
import { createRpcChannel } from '../../wire/rpc-channel.js';
import type { RpcChannel, RpcChannelOptions } from '../../wire/rpc-channel.js';
import { decodeScalars } from '../../wire/setup-messages.js';
import type { HostRun, ModelHost } from '../model-host.js';

/**
 * A model host in another process, in any language, that serves `model_host.proto`. Every run holds one stream open
 * for its forwards.
 */
export function createGrpcModelHost(options: RpcChannelOptions): ModelHost {
  const channel = createRpcChannel(options);
  const service = modelHostServiceDefinition();
  const runs = new Set<GrpcHostRun>();
  return {
    describe: (request) =>
      channel.unary(service.Describe, {}, { decode: decodeDescription, signal: request?.signal }),
    beginRun: (request, requestOptions) =>
      channel.unary(service.BeginRun, encodeBeginRun(request), {
        decode: () => {
          const run = grpcHostRun(channel, service, {
            runId: request.runId,
            onEnd: () => runs.delete(run),
          });
          runs.add(run);
          return run;
        },
        signal: requestOptions?.signal,
      }),
    async close() {
      runs.forEach((run) => run.hangUp());
      channel.close();
    },
  };
}

interface GrpcHostRun extends HostRun {
  /** Breaks the run's stream off, which would keep the connection and this process alive. */
  hangUp(): void;
}

function grpcHostRun(
  channel: RpcChannel,
  service: ModelHostServiceDefinition,
  { runId, onEnd }: { readonly runId: string; readonly onEnd: () => void },
): GrpcHostRun {
  const forwards = createCallStream(channel, service.Forward);
  return {
    forward: (request, options) =>
      forwards.call(encodeForward({ ...request, runId }), {
        decode: decodeForwarded,
        signal: options?.signal,
      }),
    combine: (request, options) =>
      channel.unary(service.Combine, encodeCombine({ ...request, runId }), {
        decode: ({ output }) => decodeRequiredTensor(output, 'output'),
        signal: options?.signal,
      }),
    measure: (request, options) =>
      channel.unary(service.Measure, encodeMeasure({ ...request, runId }), {
        decode: ({ scalars }) => decodeScalars(scalars, 'scalars'),
        signal: options?.signal,
      }),
    runCall: (request, options) =>
      channel.unary(service.RunCall, encodeRunCall({ ...request, runId }), {
        decode: decodeCallOutput,
        signal: options?.signal,
      }),
    end() {
      onEnd();
      forwards.end();
      return channel.unary(service.EndRun, { runId }, { decode: () => undefined });
    },
    hangUp: () => forwards.cancel(),
  };
}
