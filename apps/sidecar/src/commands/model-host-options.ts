import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { demoModelDirectory } from '@forecache/demo-model';
import { parseInteger } from '../command-line/parse-values.js';
import {
  assertLocalAddress,
  runtimeDirectory,
  type RuntimeEnvironment,
} from '../service/listen-addresses.js';
import { parseLogLevel, type LogLevel } from '../service/logger.js';
import { flagOf, listOf } from './environment-values.js';
import type { ReadyOptions } from './run-until-stopped.js';

/** The options of `forecache model-host` as commander hands them over: texts, or nothing. */
export interface RawModelHostOptions {
  readonly listen?: readonly string[];
  readonly model?: string;
  readonly threads?: string;
  readonly maxRuns?: string;
  readonly maxRunBytes?: string;
  readonly maxMessageBytes?: string;
  readonly logLevel?: string;
  readonly readyFile?: string;
  readonly json?: boolean;
  readonly insecureNonLoopback?: boolean;
}

/** The same, complete and checked. */
export interface CompiledModelHostOptions {
  readonly listen: readonly string[];
  /** Folder with `manifest.json` and the segments. */
  readonly modelDirectory: string;
  readonly threads: number;
  readonly maxRuns: number;
  /** History and kept tensors of one run. */
  readonly maxRunBytes: number;
  readonly maxMessageBytes: number;
  readonly logLevel: LogLevel;
  readonly ready: ReadyOptions;
}

/** TCP port of the model host when nobody says otherwise. */
export const DEFAULT_MODEL_HOST_PORT = 50052;

/** Fills in the command line with the environment and the defaults, and checks every value, once. */
export function compileModelHostOptions(
  raw: RawModelHostOptions,
  env: RuntimeEnvironment,
): CompiledModelHostOptions {
  const listen = raw.listen ?? listOf(env['FORECACHE_HOST_LISTEN']) ?? defaultAddresses(env);
  const mayLeaveMachine = raw.insecureNonLoopback ?? flagOf(env, 'FORECACHE_INSECURE_NON_LOOPBACK');
  if (!mayLeaveMachine) listen.forEach((address) => assertLocalAddress('--listen', address));
  const threads = raw.threads ?? env['FORECACHE_THREADS'] ?? `${availableParallelism()}`;
  const runs = raw.maxRuns ?? env['FORECACHE_MAX_RUNS'] ?? '64';
  const runBytes = raw.maxRunBytes ?? env['FORECACHE_MAX_RUN_BYTES'] ?? `${2 ** 30}`;
  const message = raw.maxMessageBytes ?? env['FORECACHE_MAX_MESSAGE_BYTES'] ?? `${2 ** 26}`;
  return {
    listen,
    modelDirectory: raw.model ?? env['FORECACHE_MODEL'] ?? demoModelDirectory(),
    threads: parseInteger('--threads', threads, 1),
    maxRuns: parseInteger('--max-runs', runs, 1),
    maxRunBytes: parseInteger('--max-run-bytes', runBytes, 1),
    maxMessageBytes: parseInteger('--max-message-bytes', message, 1),
    logLevel: parseLogLevel('--log-level', raw.logLevel ?? env['FORECACHE_LOG_LEVEL'] ?? 'info'),
    ready: { file: raw.readyFile ?? null, isPrinted: raw.json ?? false },
  };
}

function defaultAddresses(env: RuntimeEnvironment): readonly string[] {
  const socket = join(runtimeDirectory(env), 'model-host.sock');
  return [`unix:${socket}`, `127.0.0.1:${DEFAULT_MODEL_HOST_PORT}`];
}
