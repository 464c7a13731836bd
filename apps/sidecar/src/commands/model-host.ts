import { createOnnxModelHost } from '@forecache/adapters';
import type { Command } from 'commander';
import { createLogger } from '../service/logger.js';
import { startModelHost } from '../service/start-model-host.js';
import { DEFAULT_SHUTDOWN_GRACE_MS } from '../service/start-sidecar.js';
import { compileModelHostOptions, type RawModelHostOptions } from './model-host-options.js';
import { runUntilStopped } from './run-until-stopped.js';

const ENVIRONMENT_HELP = `
Environment: FORECACHE_HOST_LISTEN (separated by commas), FORECACHE_MODEL, FORECACHE_THREADS,
FORECACHE_MAX_RUNS, FORECACHE_MAX_RUN_BYTES, FORECACHE_MAX_MESSAGE_BYTES, FORECACHE_LOG_LEVEL,
FORECACHE_INSECURE_NON_LOOPBACK (0 or 1). The command line comes first.`;

/** Adds `forecache model-host`: serves an ONNX model, by default the embedded demo. */
export function registerModelHost(program: Command): void {
  program
    .command('model-host')
    .description('Serve an ONNX model to a sidecar until stopped')
    .option('--listen <address...>', 'unix:PATH or HOST:PORT, repeatable (default: both)')
    .option('--model <directory>', 'folder of the model (default: the embedded demo)')
    .option('--threads <count>', 'threads that compute one segment (default: all cores)')
    .option('--max-runs <count>', 'runs open at one time (default: 64)')
    .option('--max-run-bytes <bytes>', 'history and kept tensors of one run (default: 1 GiB)')
    .option('--max-message-bytes <bytes>', 'one gRPC message (default: 64 MiB)')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (default: info)')
    .option('--ready-file <file>', 'write one line of JSON with the addresses when ready')
    .option('--json', 'print that line to standard output; logs go to standard error')
    .option(
      '--insecure-non-loopback',
      'allow addresses that other machines reach, without any protection',
    )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action((raw: RawModelHostOptions) => modelHost(raw));
}

async function modelHost(raw: RawModelHostOptions): Promise<void> {
  const options = compileModelHostOptions(raw, process.env);
  const { listen, modelDirectory, threads, maxRuns, maxMessageBytes } = options;
  const logger = createLogger(options.logLevel, process.stderr);
  const host = await createOnnxModelHost({
    directory: modelDirectory,
    intraOpThreads: threads,
    runLimitBytes: options.maxRunBytes,
  });
  const server = await startModelHost({
    host,
    listen,
    maxRuns,
    maxMessageBytes,
    shutdownGraceMs: DEFAULT_SHUTDOWN_GRACE_MS,
  });
  const { model } = await host.describe();
  logger.info({ addresses: server.addresses, model, threads }, 'listening');
  await runUntilStopped(server, options.ready, process);
  logger.info('stopped');
}
