import type { ModelHostServiceHandlers } from '../../gen/forecache/v1/ModelHostService.js';
import { encodeTensor } from '../../tensor/tensor-codec.js';
import { modelHostServiceDefinition } from '../../wire/definitions.js';
import { encodeDescription } from '../../wire/description-messages.js';
import { assertRunId } from '../../wire/fields.js';
import { createGrpcServer } from '../../wire/grpc-server.js';
import type { GrpcServerOptions } from '../../wire/grpc-server.js';
import {
  decodeBeginRun,
  decodeCombine,
  decodeMeasure,
  decodeRunCall,
  encodeCallOutput,
} from '../../wire/model-host-messages.js';
import { unaryHandler } from '../../wire/rpc-handler.js';
import { endForwards, handleForwards } from './forward-handler.js';
import type { ForwardStreamCall } from './forward-handler.js';
import type { ModelHost } from '../model-host.js';
import { createRunRegistry } from '../transformer/run-registry.js';
import type { RunRegistry, RunRegistryOptions } from '../transformer/run-registry.js';

/** How long calls in progress may go on when a server closes. */
const CLOSE_GRACE_MS = 5_000;

/** What `serveModelHost` takes. */
export interface ServeModelHostOptions extends GrpcServerOptions, RunRegistryOptions {
  /** Closed with the server. */
  readonly host: ModelHost;
  /** `unix:/path` or `host:port`, one or several. */
  readonly addresses: readonly string[];
}

/** A model host that others can reach. */
export interface ModelHostServer {
  /** With the real ports. */
  readonly addresses: readonly string[];
  /** Ends all runs, then the server, then the host. */
  close(): Promise<void>;
}

/** Serves any model host over `model_host.proto`. */
export async function serveModelHost(options: ServeModelHostOptions): Promise<ModelHostServer> {
  const grpcServer = createGrpcServer(options);
  const runs = createRunRegistry(options);
  const { handlers, endStreams } = createModelHostHandlers(options.host, runs);
  grpcServer.server.addService(modelHostServiceDefinition(), handlers);
  const close = async () => {
    await runs.endAll();
    endStreams();
    await grpcServer.close(CLOSE_GRACE_MS);
    await options.host.close();
  };
  try {
    const addresses: string[] = [];
    for (const address of options.addresses) addresses.push(await grpcServer.bind(address));
    return { addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The methods of `ModelHostService` for a gRPC server. */
export interface ModelHostHandlers {
  readonly handlers: ModelHostServiceHandlers;
  /** Ends every open stream of forwards, with UNAVAILABLE: a server that closes would wait for them. */
  endStreams(): void;
}

/** The seven methods over a host and a registry of its runs, for a server that has other services too. */
export function createModelHostHandlers(host: ModelHost, runs: RunRegistry): ModelHostHandlers {
  const streams = new Set<ForwardStreamCall>();
  const handlers: ModelHostServiceHandlers = {
    Describe: unaryHandler(async (_, signal) => encodeDescription(await host.describe({ signal }))),
    BeginRun: unaryHandler(async (message, signal) => {
      const request = decodeBeginRun(message);
      await runs.open(request.runId, () => host.beginRun(request, { signal }));
      return {};
    }),
    Forward: (call) => {
      streams.add(call);
      call.once('close', () => streams.delete(call));
      handleForwards(call, runs);
    },
    Combine: unaryHandler((message, signal) => {
      const request = decodeCombine(message);
      return runs.use(request.runId, async (run) => ({
        output: encodeTensor(await run.combine(request, { signal })),
      }));
    }),
    Measure: unaryHandler((message, signal) => {
      const request = decodeMeasure(message);
      return runs.use(request.runId, async (run) => ({
        scalars: { ...(await run.measure(request, { signal })) },
      }));
    }),
    RunCall: unaryHandler((message, signal) => {
      const request = decodeRunCall(message);
      return runs.use(request.runId, async (run) =>
        encodeCallOutput(await run.runCall(request, { signal })),
      );
    }),
    EndRun: unaryHandler(async ({ runId }) => {
      await runs.end(assertRunId('run_id', runId));
      return {};
    }),
  };
  return { handlers, endStreams: () => streams.forEach(endForwards) };
}
