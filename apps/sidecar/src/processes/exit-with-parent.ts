/** Set to `1` for a child process that must not outlive its parent. */
export const EXIT_WITH_PARENT = 'FORECACHE_EXIT_WITH_PARENT';

/** How long a child may take to stop by itself. */
const GRACE_MS = 4_000;

/** The process, as far as `exitWithParent` depends on it. */
export interface Child {
  readonly pid: number;
  readonly stdin: NodeJS.ReadableStream & { unref?(): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  kill(pid: number, signal: NodeJS.Signals): void;
  exit(code: number): void;
}

/**
 * Where the environment asks for it, stops this process when its standard input ends: the parent holds the
 * other end of that pipe, and the kernel closes it however the parent dies. Stopping is a SIGTERM to itself, so
 * that a server's own shutdown runs; after a grace period the process exits.
 */
export function exitWithParent(child: Child): void {
  if (child.env[EXIT_WITH_PARENT] !== '1') return;
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    child.kill(child.pid, 'SIGTERM');
    setTimeout(() => child.exit(1), GRACE_MS).unref();
  };
  child.stdin.on('end', stop);
  child.stdin.on('close', stop);
  child.stdin.on('error', stop);
  child.stdin.resume();
  child.stdin.unref?.();
}
