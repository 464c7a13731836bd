import { join } from 'node:path';
import { createGrpcModelHost, parseAddress } from '@forecache/adapters';
import { parseInteger } from '../command-line/parse-values.js';
import { presetDirectories } from '../presets/preset-directories.js';
import { compileLimits, DEFAULT_LIMITS, type ServiceLimits } from '../service/limits.js';
import {
  assertLocalAddress,
  isLocalAddress,
  runtimeDirectory,
  type RuntimeEnvironment,
} from '../service/listen-addresses.js';
import { parseLogLevel, type LogLevel } from '../service/logger.js';
import type { HostLink } from '../service/run-host.js';
import { DEFAULT_HOST_TIMEOUT_MS, DEFAULT_TTL_MS } from '../service/start-sidecar.js';
import { flagOf, listOf } from './environment-values.js';
import type { ReadyOptions } from './run-until-stopped.js';

/** The options of `forecache serve` as commander hands them over: texts, or nothing. */
export interface RawServeOptions {
  readonly listen?: readonly string[];
  readonly modelHost?: readonly string[];
  readonly ttl?: string;
  readonly hostTimeout?: string;
  readonly maxRuns?: string;
  readonly maxRunBytes?: string;
  readonly maxSharedBytes?: string;
  readonly maxMessageBytes?: string;
  readonly sharedParent?: string;
  readonly presets?: string;
  readonly logLevel?: string;
  readonly readyFile?: string;
  readonly json?: boolean;
  readonly insecureNonLoopback?: boolean;
}

/** The same, complete and checked. */
export interface CompiledServeOptions {
  readonly listen: readonly string[];
  readonly modelHosts: readonly string[];
  readonly ttlMs: number;
  readonly hostTimeoutMs: number;
  readonly limits: ServiceLimits;
  readonly sharedParent: string | null;
  /** Where presets lie, first come first. */
  readonly presetDirectories: readonly string[];
  readonly logLevel: LogLevel;
  readonly ready: ReadyOptions;
}

/** TCP port of the sidecar when nobody says otherwise. */
export const DEFAULT_PORT = 50051;

/** Fills in the command line with the environment and the defaults, and checks every value, once. */
export function compileServeOptions(
  raw: RawServeOptions,
  env: RuntimeEnvironment,
): CompiledServeOptions {
  const listen = raw.listen ?? listOf(env['FORECACHE_LISTEN']) ?? defaultAddresses(env);
  const mayLeaveMachine = raw.insecureNonLoopback ?? flagOf(env, 'FORECACHE_INSECURE_NON_LOOPBACK');
  if (!mayLeaveMachine) listen.forEach((address) => assertLocalAddress('--listen', address));
  const modelHosts = raw.modelHost ?? listOf(env['FORECACHE_MODEL_HOST']) ?? [];
  modelHosts.forEach((address) => parseAddress(address));
  const seconds = (name: string, text: string) => 1000 * parseInteger(name, text, 1);
  return {
    listen,
    modelHosts,
    ttlMs: seconds('--ttl', raw.ttl ?? env['FORECACHE_TTL'] ?? `${DEFAULT_TTL_MS / 1000}`),
    hostTimeoutMs: seconds(
      '--host-timeout',
      raw.hostTimeout ?? env['FORECACHE_HOST_TIMEOUT'] ?? `${DEFAULT_HOST_TIMEOUT_MS / 1000}`,
    ),
    limits: limitsOf(raw, env),
    sharedParent: raw.sharedParent ?? env['FORECACHE_SHARED_PARENT'] ?? null,
    presetDirectories: presetDirectories(env, raw.presets),
    logLevel: parseLogLevel('--log-level', raw.logLevel ?? env['FORECACHE_LOG_LEVEL'] ?? 'info'),
    ready: { file: raw.readyFile ?? null, isPrinted: raw.json ?? false },
  };
}

function limitsOf(raw: RawServeOptions, env: RuntimeEnvironment): ServiceLimits {
  const { maxRuns, maxBytesPerRun, maxSharedBytes, maxMessageBytes } = DEFAULT_LIMITS;
  const runs = raw.maxRuns ?? env['FORECACHE_MAX_RUNS'] ?? `${maxRuns}`;
  const runBytes = raw.maxRunBytes ?? env['FORECACHE_MAX_RUN_BYTES'] ?? `${maxBytesPerRun}`;
  const shared = raw.maxSharedBytes ?? env['FORECACHE_MAX_SHARED_BYTES'] ?? `${maxSharedBytes}`;
  const message = raw.maxMessageBytes ?? env['FORECACHE_MAX_MESSAGE_BYTES'] ?? `${maxMessageBytes}`;
  return compileLimits({
    maxRuns: parseInteger('--max-runs', runs, 1),
    maxBytesPerRun: parseInteger('--max-run-bytes', runBytes, 1),
    maxSharedBytes: parseInteger('--max-shared-bytes', shared, 1),
    maxMessageBytes: parseInteger('--max-message-bytes', message, 1),
  });
}

function defaultAddresses(env: RuntimeEnvironment): readonly string[] {
  return [`unix:${join(runtimeDirectory(env), 'sidecar.sock')}`, `127.0.0.1:${DEFAULT_PORT}`];
}

/** A model host in another process. One that may be on another machine gets tensors as bytes. */
export function createHostLink(
  address: string,
  { hostTimeoutMs, limits }: Pick<CompiledServeOptions, 'hostTimeoutMs' | 'limits'>,
): HostLink {
  const { maxMessageBytes } = limits;
  const host = createGrpcModelHost({ address, deadlineMs: hostTimeoutMs, maxMessageBytes });
  return { host, address, sharesFiles: isLocalAddress(address) };
}
