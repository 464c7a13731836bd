/** Exit code of a command that a signal stopped, as shells report it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/** The reason with which `withInterruption` aborts. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signal: StopSignal) {
    super(`stopped by ${signal}`);
  }

  /** 128 + the signal's number. */
  get exitCode(): number {
    return EXIT_CODES[this.signal];
  }
}

/**
 * Runs work that has to clean up when a person presses Ctrl-C. The first signal aborts; a second one of any kind
 * ends the process at once, and child processes follow because their standard input closes.
 */
export async function withInterruption<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    const interrupted = new Interrupted(name as StopSignal);
    if (controller.signal.aborted) process.exit(interrupted.exitCode);
    controller.abort(interrupted);
  };
  const names = Object.keys(EXIT_CODES) as StopSignal[];
  for (const name of names) process.on(name, stop);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    // Whatever an abort broke on its way is not news: the person asked for it.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
