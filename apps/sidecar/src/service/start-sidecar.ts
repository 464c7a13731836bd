import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  cacheServiceDefinition,
  calibrationServiceDefinition,
  createGrpcServer,
  createSharedDirectory,
  type GrpcServer,
  type SharedDirectory,
} from '@forecache/adapters';
import { createPolicy } from '@forecache/cache-policy';
import type { Logger } from 'pino';
import { assertPolicyName, listAllPolicies } from '../presets/all-policies.js';
import { createPresetStore } from '../presets/preset-store.js';
import { createPolicyResolver } from '../presets/resolve-policy.js';
import { createCacheHandlers } from './cache-handlers.js';
import { createCalibrationHandlers } from './calibration-handlers.js';
import {
  createCacheService,
  type CacheService,
  type CacheServiceOptions,
} from './cache-service.js';
import { createSystemClock } from './clock.js';
import type { ServiceLimits } from './limits.js';
import type { HostLink } from './run-host.js';
import { createServiceLog } from './service-log.js';
import { addStandardServices } from './standard-services.js';

/** Idle time after which a run is closed, in milliseconds. */
export const DEFAULT_TTL_MS = 120_000;

/** Longest wait for one answer of a model host, in milliseconds. */
export const DEFAULT_HOST_TIMEOUT_MS = 60_000;

/** How long requests may go on after a stop, in milliseconds. */
export const DEFAULT_SHUTDOWN_GRACE_MS = 5_000;

/** Name of the service in health checks and reflection. */
export const CACHE_SERVICE_NAME = 'forecache.v1.CacheService';

/** A sidecar's options, complete and checked. */
export interface CompiledSidecarOptions {
  /** `unix:/path` or `host:port`; port 0 takes a free one. */
  readonly listen: readonly string[];
  /** Closed with the sidecar. */
  readonly hosts: readonly HostLink[];
  readonly ttlMs: number;
  readonly hostTimeoutMs: number;
  readonly shutdownGraceMs: number;
  readonly limits: ServiceLimits;
  /** Where the shared directory is made; null: `/dev/shm`, or the temporary directory. */
  readonly sharedParent: string | null;
  /** Where presets lie, first come first; default: nowhere. */
  readonly presetDirectories?: readonly string[];
  readonly logger: Logger;
  /** Replace the real clock, ids and policies in tests. */
  readonly overrides?: Partial<
    Pick<CacheServiceOptions, 'clock' | 'createRunId' | 'createPolicy' | 'listPolicies'>
  >;
}

/** A sidecar that takes requests. */
export interface RunningSidecar {
  /** With the real ports. */
  readonly addresses: readonly string[];
  readonly service: CacheService;
  /** Where shared files are made. */
  readonly sharedDirectory: string;
  /** Refuses new work, ends all runs, then the server, and removes its files. A second close waits for the first. */
  close(): Promise<void>;
}

/** Starts the gRPC service. When it cannot listen, nothing is left behind. */
export async function startSidecar(options: CompiledSidecarOptions): Promise<RunningSidecar> {
  const { limits, sharedParent, logger } = options;
  const sharedDirectory = createSharedDirectory({
    limitBytes: limits.maxSharedBytes,
    ...(sharedParent !== null && { parent: sharedParent }),
  });
  const presets = createPresetStore(options.presetDirectories ?? []);
  const service = createCacheService({
    ...options,
    sharedDirectory,
    clock: createSystemClock(),
    log: createServiceLog(logger),
    createRunId: () => `run-${randomBytes(12).toString('hex')}`,
    createPolicy: (spec) => {
      assertPolicyName(spec.name);
      return createPolicy(spec);
    },
    resolvePolicy: createPolicyResolver(presets.find),
    listPolicies: listAllPolicies,
    ...options.overrides,
  });
  const grpc = createGrpcServer({ maxMessageBytes: limits.maxMessageBytes });
  const parts = addServices({ options, service, grpc, sharedDirectory });
  try {
    const addresses: string[] = [];
    for (const address of options.listen) addresses.push(await grpc.bind(address));
    logger.info({ addresses, models: options.hosts.map((host) => host.address) }, 'listening');
    return { addresses, service, sharedDirectory: sharedDirectory.path, close: parts.close };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

interface SidecarParts {
  readonly options: CompiledSidecarOptions;
  readonly service: CacheService;
  readonly grpc: GrpcServer;
  readonly sharedDirectory: SharedDirectory;
}

function addServices({ options, service, grpc, sharedDirectory }: SidecarParts) {
  const log = createServiceLog(options.logger);
  const cache = createCacheHandlers(service, log);
  grpc.server.addService(cacheServiceDefinition(), cache.handlers);
  const calibration = createCalibrationHandlers(cache.unary);
  grpc.server.addService(calibrationServiceDefinition(), calibration);
  const health = addStandardServices(grpc.server, CACHE_SERVICE_NAME);
  let closing: Promise<void> | null = null;

  async function close(): Promise<void> {
    health.stopServing();
    try {
      await service.close();
      cache.endStreams();
      await grpc.close(options.shutdownGraceMs);
      const hosts = Promise.all(options.hosts.map((link) => link.host.close()));
      await Promise.race([hosts, setTimeout(options.shutdownGraceMs, undefined, { ref: false })]);
    } finally {
      sharedDirectory.dispose();
    }
  }

  return { close: () => (closing ??= close()) };
}
