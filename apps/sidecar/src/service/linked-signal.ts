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
