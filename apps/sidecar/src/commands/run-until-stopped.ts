import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Where a service says that it is ready. */
export interface ReadyOptions {
  /** A file for the line of JSON; null: none. */
  readonly file: string | null;
  /** Whether the line also goes to standard output. */
  readonly isPrinted: boolean;
}

/** A server that was started, as far as stopping it goes. */
export interface StoppableServer {
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** The process, as far as a server depends on it. */
export interface ServerProcess {
  readonly stdout: { write(text: string): unknown };
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
}

const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Longest wait for a server that is closing. */
const FORCE_AFTER_MS = 5_000;

/**
 * Says that a server is ready, waits for SIGINT, SIGTERM or SIGHUP, and closes it. A second signal, or five
 * seconds, ends the process with code 1 whatever is still going on.
 */
export async function runUntilStopped(
  server: StoppableServer,
  ready: ReadyOptions,
  process: ServerProcess,
): Promise<void> {
  const stopped = nextSignal(process);
  const line = JSON.stringify({ ready: true, addresses: server.addresses });
  if (ready.file !== null) writeWhole(ready.file, `${line}\n`);
  if (ready.isPrinted) process.stdout.write(`${line}\n`);
  await stopped;
  const force = () => process.exit(1);
  const timer = setTimeout(force, FORCE_AFTER_MS);
  for (const name of STOP_SIGNALS) process.on(name, force);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
    for (const name of STOP_SIGNALS) process.off(name, force);
    if (ready.file !== null) rmSync(ready.file, { force: true });
  }
}

/** Whoever waits for the file never reads half of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

function nextSignal(process: ServerProcess): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const name of STOP_SIGNALS) process.off(name, stop);
      resolve();
    };
    for (const name of STOP_SIGNALS) process.on(name, stop);
  });
}
