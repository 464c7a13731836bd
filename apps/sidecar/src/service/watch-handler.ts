import { encodeRunEvent, type CacheServiceHandlers } from '@forecache/adapters';
import { Metadata } from '@grpc/grpc-js';
import type { CacheService } from './cache-service.js';
import { endWithError, type Refuse } from './intercept-handler.js';

type WatchCall = Parameters<CacheServiceHandlers['WatchRuns']>[0];

/** Sends events until the client leaves, its run is closed, or it falls too far behind. */
export function handleWatch(service: CacheService, call: WatchCall, refuse: Refuse): void {
  const fail = (error: unknown) => endWithError(call, refuse('WatchRuns', error));
  try {
    const watcher = service.watchRuns(call.request.runId, {
      write: (event) => call.write(encodeRunEvent(event)),
      end: (error) => (error === undefined ? call.end() : fail(error)),
    });
    call.on('drain', () => watcher.drained());
    call.once('cancelled', () => watcher.stop());
    // Tells the client at once that it is watching: the first event may be long in coming.
    call.sendMetadata(new Metadata());
  } catch (error) {
    fail(error);
  }
}
