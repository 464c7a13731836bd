/**
 * Runs a task with a controller that is aborted when one of the sources is, and lets go of the sources
 * afterwards: they live as long as a stream or a run, and must not collect a listener per request.
 */
export async function withLinkedSignal<T>(
  sources: readonly AbortSignal[],
  task: (controller: AbortController) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const links = sources.map((source) => ({
    source,
    follow: () => controller.abort(source.reason),
  }));
  for (const { source, follow } of links) {
    if (source.aborted) follow();
    source.addEventListener('abort', follow, { once: true });
  }
  try {
    return await task(controller);
  } finally {
    for (const { source, follow } of links) source.removeEventListener('abort', follow);
  }
}

/** Signals that are aborted when the first one is, or another. */
export interface SignalLinks {
  /** The same answer for the same signal: a stream's is linked once, and not again with every message. */
  with(other: AbortSignal): AbortSignal;
}

/** Links to one signal. They are held weakly: what ends earlier than that signal leaves nothing behind. */
export function createSignalLinks(first: AbortSignal): SignalLinks {
  const links = new WeakMap<AbortSignal, AbortSignal>();
  return {
    with(other) {
      const known = links.get(other) ?? AbortSignal.any([first, other]);
      links.set(other, known);
      return known;
    },
  };
}
