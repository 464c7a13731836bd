import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from './service-process.js';

const signal = new AbortController().signal;
let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'service-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function program(text: string) {
  const mainFile = join(directory, 'main.mjs');
  writeFileSync(mainFile, text);
  return { name: 'thing', mainFile, args: [], directory };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('startService', () => {
  it('waits for the first line of JSON and stops the process', async () => {
    const service = await startService(
      program(`console.log('hello'); console.log('{"ready":true}'); setInterval(() => {}, 1000);`),
      signal,
    );
    expect(service.ready).toEqual({ ready: true });
    expect(service.isRunning()).toBe(true);
    await service.stop();
    expect([service.isRunning(), isAlive(service.pid)]).toEqual([false, false]);
    await service.stop();
  });

  it('that ends too early is an error with the end of its log', async () => {
    const starting = startService(
      program(`console.error('no such model'); process.exit(3);`),
      signal,
    );
    await expect(starting).rejects.toThrow(
      'thing ended before it was ready; its log ends:\nno such model',
    );
  });

  it('that is never ready is stopped', async () => {
    const command = { ...program('setInterval(() => {}, 1000);'), readyTimeoutMs: 300 };
    await expect(startService(command, signal)).rejects.toThrow(
      'thing was not ready within 300 ms',
    );
  });

  it('is stopped when the start is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 200);
    const starting = startService(program('setInterval(() => {}, 1000);'), controller.signal);
    await expect(starting).rejects.toThrow('enough');
  });

  it('does not die of a child that was killed', async () => {
    const service = await startService(
      program(`console.log('{}'); setInterval(() => {}, 1000);`),
      signal,
    );
    process.kill(service.pid, 'SIGKILL');
    await service.stop();
    expect(service.isRunning()).toBe(false);
  });
});
