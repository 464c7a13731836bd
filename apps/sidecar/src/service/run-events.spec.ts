import type { RunEvent } from '@forecache/adapters';
import type { ForecastError } from '@forecache/core';
import { compileLimits } from './limits.js';
import { createRunEvents } from './run-events.js';

function opened(runId: string): RunEvent {
  return { kind: 'opened', runId, policy: 'full()', calls: 1, client: '' };
}

/** A sink that is full until it is told otherwise. */
function slowSink() {
  const received: RunEvent[] = [];
  const ends: (ForecastError | undefined)[] = [];
  const sink = {
    write(event: RunEvent) {
      received.push(event);
      return false;
    },
    end: (error?: ForecastError) => void ends.push(error),
  };
  return { received, ends, sink };
}

test('a slow watcher gets every event, in order, as it drains', () => {
  const events = createRunEvents(compileLimits());
  const { received, sink } = slowSink();
  const watcher = events.watch('', sink);
  for (const runId of ['a', 'b', 'c']) events.publish(opened(runId));
  expect(received.map(({ runId }) => runId)).toEqual(['a']);
  watcher.drained();
  watcher.drained();
  expect(received.map(({ runId }) => runId)).toEqual(['a', 'b', 'c']);
});

test('a watcher that falls behind by more than the bound is dropped with its name', () => {
  const events = createRunEvents(compileLimits({ maxWatcherQueue: 2 }));
  const { received, ends, sink } = slowSink();
  events.watch('', sink);
  for (const runId of ['a', 'b', 'c', 'd', 'e']) events.publish(opened(runId));
  expect(received).toHaveLength(1);
  expect(ends).toMatchObject([
    {
      code: 'resource-exhausted',
      message:
        'the watcher is too slow: events that wait for it must be at most 2 (maxWatcherQueue), got 3',
    },
  ]);
});

test('watchers are bounded, and one that stops makes room', () => {
  const events = createRunEvents(compileLimits({ maxWatchers: 1 }));
  const first = events.watch('', slowSink().sink);
  expect(() => events.watch('', slowSink().sink)).toThrow(
    'watchers must be at most 1 (maxWatchers), got 2',
  );
  first.stop();
  expect(() => events.watch('', slowSink().sink)).not.toThrow();
});
