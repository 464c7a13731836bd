import type { HostRun } from '../model-host.js';
import { createRunRegistry } from './run-registry.js';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A run that only counts its ends. */
function countingRun() {
  const counted = { ends: 0 };
  const fail = async () => {
    throw new Error('not asked in this test');
  };
  const run: HostRun = {
    forward: fail,
    combine: fail,
    measure: fail,
    runCall: fail,
    end: async () => {
      counted.ends += 1;
    },
  };
  return { run, counted };
}

describe('the registry of remote runs', () => {
  it('a run that nobody asks anything is ended', async () => {
    const { run, counted } = countingRun();
    const registry = createRunRegistry({ idleMs: 1000 });
    await registry.open('a', async () => run);
    jest.advanceTimersByTime(999);
    await registry.use('a', async () => undefined);
    jest.advanceTimersByTime(999);
    expect(counted.ends).toBe(0);
    jest.advanceTimersByTime(1);
    expect(counted.ends).toBe(1);
    expect(registry.size).toBe(0);
  });

  it('a run is not idle while a request is in progress', async () => {
    const { run, counted } = countingRun();
    const registry = createRunRegistry({ idleMs: 1000 });
    await registry.open('a', async () => run);
    let finish: () => void = () => undefined;
    const long = registry.use('a', () => new Promise<void>((resolve) => (finish = resolve)));
    const short = registry.use('a', async () => undefined);
    await short;
    jest.advanceTimersByTime(10_000);
    expect(counted.ends).toBe(0);
    finish();
    await long;
    jest.advanceTimersByTime(1000);
    expect(counted.ends).toBe(1);
  });

  it('runs are limited, and an ended one makes room', async () => {
    const registry = createRunRegistry({ maxRuns: 1 });
    await registry.open('a', async () => countingRun().run);
    await expect(registry.open('b', async () => countingRun().run)).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: 'all 1 runs of this host are in use',
    });
    await registry.end('a');
    await registry.open('b', async () => countingRun().run);
    expect(registry.size).toBe(1);
  });

  it('an id in use is refused, also while the first is still being opened', async () => {
    const registry = createRunRegistry();
    let opened: (run: HostRun) => void = () => undefined;
    const opening = registry.open('a', () => new Promise<HostRun>((resolve) => (opened = resolve)));
    await expect(registry.open('a', async () => countingRun().run)).rejects.toMatchObject({
      code: 'already-exists',
      message: 'run a is open already',
    });
    await expect(registry.use('a', async () => undefined)).rejects.toMatchObject({
      code: 'not-found',
      message: 'run a is not open on this host',
    });
    opened(countingRun().run);
    await opening;
    await expect(registry.use('a', async () => 7)).resolves.toBe(7);
  });

  it('a run that cannot be opened gives its id back', async () => {
    const registry = createRunRegistry();
    const failing = registry.open('a', async () => {
      throw new Error('no memory');
    });
    await expect(failing).rejects.toThrow('no memory');
    await registry.open('a', async () => countingRun().run);
    expect(registry.size).toBe(1);
  });

  it('ending twice and ending all end once', async () => {
    const { run, counted } = countingRun();
    const registry = createRunRegistry();
    await registry.open('a', async () => run);
    await registry.end('a');
    await registry.end('a');
    await registry.endAll();
    expect(counted.ends).toBe(1);
  });

  it('limits are checked', () => {
    expect(() => createRunRegistry({ maxRuns: 0 })).toThrow(
      'maxRuns must be an integer >= 1, got 0',
    );
    expect(() => createRunRegistry({ idleMs: NaN })).toThrow(
      'idleMs must be an integer >= 1, got NaN',
    );
  });
});
