import { join } from 'node:path';
import {
  childRunning,
  generate,
  isAlive,
  readRun,
  runDirectory,
  start,
  temporaryDirectory,
  until,
  untilRunIsOpen,
  type Running,
} from './forecache-process.js';

jest.setTimeout(240_000);

const directory = temporaryDirectory();
afterAll(directory.remove);

const long = ['--policy', 'full', '--count', '1', '--steps', '150', '--seed', '3'];
let outputs = 0;

function startLong(...args: string[]): Running & { readonly out: string } {
  outputs += 1;
  const out = join(directory.path, `out-${outputs}`);
  return { ...start('generate', '--out', out, ...long, ...args), out };
}

function services({ child }: Running): number[] {
  return ['serve', 'model-host'].map((command) => childRunning(child, command) ?? NaN);
}

describe('a run in progress', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with code %d and leaves no process and no file', async (signal, code) => {
    const running = startLong();
    await untilRunIsOpen(running);
    const pids = services(running);
    running.child.kill(signal);
    const finished = await running.finished;
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toContain(`stopped by ${signal}\n`);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(runDirectory(running.child)).toBeNull();
  });

  it('takes its services with it when it is killed', async () => {
    const running = startLong();
    await untilRunIsOpen(running);
    const pids = services(running);
    running.child.kill('SIGKILL');
    await running.finished;
    await until(() => !pids.some(isAlive));
    // Its directory is left behind for whoever starts next: this generate, or one of another test at the same time.
    await generate(directory.path, '--policy', 'full', '--count', '1', '--steps', '1');
    expect(runDirectory(running.child)).toBeNull();
  });

  it.each(['intercept', 'proxy'])(
    'in mode %s finishes in full compute when the sidecar is killed',
    async (mode) => {
      const running = startLong('--mode', mode);
      await untilRunIsOpen(running);
      process.kill(childRunning(running.child, 'serve') ?? NaN, 'SIGKILL');
      const { code, stderr } = await running.finished;
      expect(code).toBe(0);
      expect(stderr.match(/warning: the sidecar is gone/g)).toHaveLength(1);
      const { fallback, images } = readRun(running.out);
      expect(fallback?.callIndex).toBeLessThan(150);
      const reference = await generate(directory.path, ...long, '--mode', 'local');
      expect(images).toEqual(reference.images);
      expect(runDirectory(running.child)).toBeNull();
    },
  );

  it.each(['intercept', 'proxy'])(
    'in mode %s finishes an adaptive policy in full compute when the sidecar is killed',
    async (mode) => {
      const policy = ['--policy', 'easycache', '--threshold', '0.05'];
      const running = startLong('--mode', mode, ...policy);
      await untilRunIsOpen(running);
      process.kill(childRunning(running.child, 'serve') ?? NaN, 'SIGKILL');
      const { code, stderr } = await running.finished;
      expect(code).toBe(0);
      expect(stderr.match(/warning: the sidecar is gone/g)).toHaveLength(1);
      const { fallback, calls } = readRun(running.out);
      expect(calls).toHaveLength(150);
      expect(new Set(calls.slice(fallback?.callIndex))).toEqual(new Set(['full']));
    },
  );

  it('says so when the model host is killed', async () => {
    const running = startLong();
    await untilRunIsOpen(running);
    process.kill(childRunning(running.child, 'model-host') ?? NaN, 'SIGKILL');
    const { code, stdout, stderr } = await running.finished;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .*model.host.*unavailable.*$/m);
    expect(runDirectory(running.child)).toBeNull();
  });
});
