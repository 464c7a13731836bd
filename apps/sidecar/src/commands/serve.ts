import type { Command } from 'commander';
import { createLogger } from '../service/logger.js';
import { DEFAULT_SHUTDOWN_GRACE_MS, startSidecar } from '../service/start-sidecar.js';
import { runUntilStopped } from './run-until-stopped.js';
import { compileServeOptions, createHostLink, type RawServeOptions } from './serve-options.js';

const ENVIRONMENT_HELP = `
Environment: FORECACHE_LISTEN and FORECACHE_MODEL_HOST (separated by commas), FORECACHE_TTL,
FORECACHE_HOST_TIMEOUT, FORECACHE_MAX_RUNS, FORECACHE_MAX_RUN_BYTES, FORECACHE_MAX_SHARED_BYTES,
FORECACHE_MAX_MESSAGE_BYTES, FORECACHE_SHARED_PARENT, FORECACHE_PRESETS, FORECACHE_LOG_LEVEL,
FORECACHE_INSECURE_NON_LOOPBACK (0 or 1). The command line comes first.

There is no authentication and no encryption. Whoever reaches a listening address can run the model and
read every tensor, so addresses that other machines reach are refused unless --insecure-non-loopback is given.`;

/** Adds `forecache serve`: the sidecar. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('Serve the cache service until stopped')
    .option(
      '--listen <address...>',
      'unix:PATH or HOST:PORT, repeatable (default: a socket in the runtime directory and 127.0.0.1:50051)',
    )
    .option('--model-host <address...>', 'host for intercept and proxy runs, repeatable')
    .option('--ttl <seconds>', 'idle time after which a run is closed (default: 120)')
    .option('--host-timeout <seconds>', 'longest wait for an answer of a model host (default: 60)')
    .option('--max-runs <count>', 'runs open at one time (default: 64)')
    .option('--max-run-bytes <bytes>', 'history and shared memory of one run (default: 1 GiB)')
    .option('--max-shared-bytes <bytes>', 'shared memory of all runs (default: 4 GiB)')
    .option('--max-message-bytes <bytes>', 'one gRPC message (default: 64 MiB)')
    .option('--shared-parent <directory>', 'where shared files are made (default: /dev/shm)')
    .option(
      '--presets <directory>',
      'presets of this user (default: forecache/presets in the configuration directory)',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (default: info)')
    .option('--ready-file <file>', 'write one line of JSON with the addresses when ready')
    .option('--json', 'print that line to standard output; logs go to standard error')
    .option('--insecure-non-loopback', 'allow addresses that other machines reach')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action((raw: RawServeOptions) => serve(raw));
}

async function serve(raw: RawServeOptions): Promise<void> {
  const options = compileServeOptions(raw, process.env);
  const { listen, ttlMs, hostTimeoutMs, limits, sharedParent, presetDirectories } = options;
  const logger = createLogger(options.logLevel, process.stderr);
  const sidecar = await startSidecar({
    listen,
    ttlMs,
    hostTimeoutMs,
    limits,
    sharedParent,
    presetDirectories,
    hosts: options.modelHosts.map((address) => createHostLink(address, options)),
    shutdownGraceMs: DEFAULT_SHUTDOWN_GRACE_MS,
    logger,
  });
  await runUntilStopped(sidecar, options.ready, process);
  logger.info('stopped');
}
