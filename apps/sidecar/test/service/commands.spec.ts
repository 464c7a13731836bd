import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createCacheClient } from '@forecache/adapters';
import { request } from './fixture.js';

/** Starting a process that compiles its sources takes seconds on a busy machine. */
const PROCESS_TIMEOUT_MS = 120_000;

let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'forecache-test-'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => stop(child, 'SIGKILL')));
  rmSync(directory, { recursive: true, force: true });
});

function start(args: readonly string[]): { child: ChildProcess; ready: Promise<ReadyLine> } {
  const node = ['--conditions=@forecache/source', '--import', '@swc-node/register/esm-register'];
  const file = join(__dirname, 'command-process.ts');
  const child = spawn(process.execPath, [...node, file, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const ready = new Promise<ReadyLine>((resolve, reject) => {
    createInterface({ input: stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`exited with ${code}`)));
  });
  return { child, ready };
}

interface ReadyLine {
  readonly ready: boolean;
  readonly addresses: readonly string[];
}

function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return exit;
}

test(
  'serve says where it listens, serves, and leaves nothing behind on SIGTERM',
  async () => {
    const readyFile = join(directory, 'ready.json');
    const { child, ready } = start([
      ...['serve', '--json', '--ready-file', readyFile, '--shared-parent', directory],
      ...['--listen', `unix:${join(directory, 's.sock')}`, '127.0.0.1:0', '--ttl', '60'],
    ]);
    const line = await ready;
    expect(line.ready).toBe(true);
    expect(JSON.parse(readFileSync(readyFile, 'utf8'))).toEqual(line);
    expect(line.addresses[0]).toBe(`unix:${join(directory, 's.sock')}`);
    expect(line.addresses[1]).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    for (const address of line.addresses) {
      const client = createCacheClient({ address });
      const run = await client.openRun(request({ mode: 'plan' }));
      expect(run.ttlMs).toBe(60_000);
      client.close();
    }
    expect(await stop(child, 'SIGTERM')).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  },
  PROCESS_TIMEOUT_MS,
);

test(
  'model-host serves the embedded model, and removes its socket on SIGINT',
  async () => {
    const socket = join(directory, 'h.sock');
    const { child, ready } = start([
      ...['model-host', '--json', '--threads', '1', '--listen', `unix:${socket}`],
    ]);
    expect((await ready).addresses).toEqual([`unix:${socket}`]);
    expect(await stop(child, 'SIGINT')).toBe(0);
    expect(existsSync(socket)).toBe(false);
  },
  PROCESS_TIMEOUT_MS,
);
