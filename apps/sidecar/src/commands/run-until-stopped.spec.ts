import { EventEmitter } from 'node:events';
import { runUntilStopped, type ServerProcess } from './run-until-stopped.js';

function fakeProcess() {
  const emitter = new EventEmitter();
  const written: string[] = [];
  const exits: number[] = [];
  const process: ServerProcess = {
    stdout: { write: (text) => written.push(text) },
    on: (signal, listener) => emitter.on(signal, listener),
    off: (signal, listener) => emitter.off(signal, listener),
    exit: (code) => void exits.push(code),
  };
  return { process, emitter, written, exits };
}

const READY = { file: null, isPrinted: true };

test('prints its addresses, waits for a signal, and closes once', async () => {
  const { process, emitter, written, exits } = fakeProcess();
  let closed = 0;
  const server = { addresses: ['unix:/a'], close: async () => void (closed += 1) };
  const running = runUntilStopped(server, READY, process);
  expect(written).toEqual(['{"ready":true,"addresses":["unix:/a"]}\n']);
  expect(closed).toBe(0);
  emitter.emit('SIGTERM');
  await running;
  expect(closed).toBe(1);
  expect(exits).toEqual([]);
  expect(emitter.listenerCount('SIGTERM') + emitter.listenerCount('SIGINT')).toBe(0);
});

test('a second signal ends the process with code 1 while the server still closes', async () => {
  const { process, emitter, exits } = fakeProcess();
  let finish = () => undefined as void;
  const close = () => new Promise<void>((resolve) => (finish = resolve));
  const running = runUntilStopped({ addresses: [], close }, READY, process);
  emitter.emit('SIGINT');
  await new Promise((resolve) => setImmediate(resolve));
  emitter.emit('SIGTERM');
  expect(exits).toEqual([1]);
  finish();
  await running;
});
