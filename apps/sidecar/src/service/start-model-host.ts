import {
  createGrpcServer,
  createModelHostHandlers,
  createRunRegistry,
  modelHostServiceDefinition,
  type ModelHost,
} from '@forecache/adapters';
import { addStandardServices } from './standard-services.js';

/** Name of the service in health checks and reflection. */
export const MODEL_HOST_SERVICE_NAME = 'forecache.v1.ModelHostService';

/** A model host's server, options complete and checked. */
export interface StartModelHostOptions {
  /** Closed with the server. */
  readonly host: ModelHost;
  readonly listen: readonly string[];
  readonly maxRuns: number;
  readonly maxMessageBytes: number;
  readonly shutdownGraceMs: number;
}

/** A model host that takes requests. */
export interface RunningModelHost {
  /** With the real ports. */
  readonly addresses: readonly string[];
  /** Ends all runs, then the server, then the host. A second close waits for the first. */
  close(): Promise<void>;
}

/** Serves a model host, with health and reflection. When it cannot listen, nothing is left behind. */
export async function startModelHost(options: StartModelHostOptions): Promise<RunningModelHost> {
  const { host, maxRuns, maxMessageBytes, shutdownGraceMs } = options;
  const grpc = createGrpcServer({ maxMessageBytes });
  const runs = createRunRegistry({ maxRuns });
  const { handlers, endStreams } = createModelHostHandlers(host, runs);
  grpc.server.addService(modelHostServiceDefinition(), handlers);
  const health = addStandardServices(grpc.server, MODEL_HOST_SERVICE_NAME);
  let closing: Promise<void> | null = null;

  async function closeAll(): Promise<void> {
    health.stopServing();
    await runs.endAll();
    endStreams();
    await grpc.close(shutdownGraceMs);
    await host.close();
  }
  const close = () => (closing ??= closeAll());

  try {
    const addresses: string[] = [];
    for (const address of options.listen) addresses.push(await grpc.bind(address));
    return { addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}
