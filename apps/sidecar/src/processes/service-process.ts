import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ForecastError } from '@forecache/core';
import { EXIT_WITH_PARENT } from './exit-with-parent.js';

/** A command of this program that runs as its own process and says on standard output when it is ready. */
export interface ServiceCommand {
  /** For messages and the log file: `sidecar`, `model-host`. */
  readonly name: string;
  /** File that Node runs: `dist/main.js`. */
  readonly mainFile: string;
  readonly args: readonly string[];
  /** Where the log file goes. */
  readonly directory: string;
  /** Default 60 s: a loaded machine takes a while to load the model. */
  readonly readyTimeoutMs?: number;
}

/** A running child process. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Its first line of JSON. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** False once it is gone, for whatever reason. */
  isRunning(): boolean;
  /** The last lines of its log, for error messages. */
  logTail(): string;
  /** Asks it to stop, insists after a grace period, and resolves when it is gone. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 5_000;
const LOG_TAIL_LINES = 8;

/**
 * Starts a service and waits for its ready line. The child gets its own process group, so that a Ctrl-C reaches the
 * parent alone and cleaning up has an order; it leaves when its standard input closes (`exitWithParent`).
 */
export async function startService(
  command: ServiceCommand,
  signal: AbortSignal,
): Promise<ServiceProcess> {
  const logFile = join(command.directory, `${command.name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [command.mainFile, ...command.args], {
    stdio: ['pipe', 'pipe', log],
    env: { ...process.env, [EXIT_WITH_PARENT]: '1' },
    detached: true,
  });
  closeSync(log);
  // A child that dies takes its end of the pipe with it; that is news only to whoever waits for its exit.
  child.stdin?.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = () => stopChild(child, gone);
  const logTail = () => tailOf(logFile);
  try {
    const ready = await waitUntilReady({ command, child, gone, logTail }, signal);
    const isRunning = () => child.exitCode === null && child.signalCode === null;
    return { name: command.name, pid: child.pid ?? NaN, ready, isRunning, logTail, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartingService {
  readonly command: ServiceCommand;
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
  logTail(): string;
}

/** A plain timer: in Node 20 the garbage collector takes an `AbortSignal.any` over a timeout away before it fires. */
async function waitUntilReady(
  { command, child, gone, logTail }: StartingService,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { name, readyTimeoutMs = READY_TIMEOUT_MS } = command;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    const late = () => unavailable(`${name} was not ready within ${readyTimeoutMs} ms`, logTail());
    const timer = setTimeout(() => fail(late()), readyTimeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    void gone.then(() => fail(unavailable(`${name} ended before it was ready`, logTail())));
    void firstJsonLine(child).then((ready) => {
      settle();
      resolve(ready);
    });
  });
}

function firstJsonLine(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    // Reading goes on after the first line, so that a talkative child never blocks on a full pipe.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = parseObject(line);
      if (ready !== null) resolve(ready);
    });
  });
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

async function stopChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await gone;
  clearTimeout(insist);
}

/** An error about a process, with the end of its log. */
export function unavailable(message: string, logTail: string): ForecastError {
  return new ForecastError(
    'unavailable',
    logTail === '' ? message : `${message}; its log ends:\n${logTail}`,
  );
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } catch {
    return '';
  }
}
