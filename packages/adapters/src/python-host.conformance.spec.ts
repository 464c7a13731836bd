import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { modelHostConformance } from './conformance.js';
import { createGrpcModelHost } from './model-host/grpc/grpc-model-host.js';
import type { ModelHost } from './model-host/model-host.js';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const PYTHON = process.env['FORECACHE_PYTHON'] ?? join(REPOSITORY, '.venv/bin/python');
const SOURCES = ['apps/model-host/src', 'packages/python/src'];

/** Importing PyTorch and Diffusers takes a loaded machine a while. */
const START_TIMEOUT_MS = 120_000;

/** So does letting go of them. */
const STOP_TIMEOUT_MS = 60_000;

interface PythonHost {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly address: string;
}

/** Serves a small DiT with random weights, and leaves with this process. */
async function startPythonHost(): Promise<PythonHost> {
  const directory = mkdtempSync(join(tmpdir(), 'python-host-'));
  const socket = `unix:${join(directory, 'host.sock')}`;
  const options = ['--tiny-dit', '--listen', socket, '--threads', '1', '--json'];
  const child = spawn(PYTHON, ['-m', 'forecache_host', ...options], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONPATH: SOURCES.map((path) => join(REPOSITORY, path)).join(delimiter),
      FORECACHE_EXIT_WITH_PARENT: '1',
      HF_HUB_OFFLINE: '1',
    },
  });
  return { child, directory, address: await firstAddress(child) };
}

/** The address in the child's ready line; rejects with its log when it ends without one. */
function firstAddress({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    stderr?.on('data', (text: Buffer) => (log += text.toString()));
    if (stdout === null) return reject(new Error('the Python host has no standard output'));
    createInterface({ input: stdout }).once('line', (line) => {
      const { addresses } = JSON.parse(line) as { readonly addresses: readonly string[] };
      resolve(addresses[0] ?? '');
    });
    stdout.once('end', () => reject(new Error(`the Python host ended: ${log}`)));
  });
}

/** SIGTERM; resolves with the exit code. */
function stop(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
    child.kill('SIGTERM');
  });
}

describe('model host conformance: Python, a tiny DiT of Diffusers', () => {
  let python: PythonHost;
  let host: ModelHost;
  beforeAll(async () => {
    python = await startPythonHost();
    host = createGrpcModelHost({ address: python.address });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await host?.close();
    const code = await stop(python.child);
    rmSync(python.directory, { recursive: true });
    expect(code).toBe(0);
  }, STOP_TIMEOUT_MS);

  it.each(modelHostConformance)('$title', async ({ run }) => {
    await expect(run(host)).resolves.toBeUndefined();
  });
});
