import { mkdtempSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';

import { createGrpcServer } from './grpc-server.js';
import type { GrpcServer } from './grpc-server.js';

let directory: string;
let path: string;
let servers: GrpcServer[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'grpc-server-'));
  path = join(directory, 'a.sock');
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close(0)));
  rmSync(directory, { recursive: true });
});

function create(): GrpcServer {
  const server = createGrpcServer();
  servers.push(server);
  return server;
}

describe('bind', () => {
  it('TCP port 0 answers the real port', async () => {
    expect(await create().bind('127.0.0.1:0')).toMatch(/^127\.0\.0\.1:[1-9][0-9]*$/);
  });

  it('a Unix socket is for this user only and goes with the server', async () => {
    const server = create();
    expect(await server.bind(`unix:${path}`)).toBe(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await server.close(0);
    expect(existsSync(path)).toBe(false);
  });

  it('a socket file that nobody listens on is replaced', async () => {
    const crash = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', crash]);
    expect(statSync(path).isSocket()).toBe(true);
    await expect(create().bind(`unix:${path}`)).resolves.toBe(`unix:${path}`);
  });

  it('a live socket is refused and goes on', async () => {
    await create().bind(`unix:${path}`);
    await expect(create().bind(`unix:${path}`)).rejects.toMatchObject({
      code: 'already-exists',
      message: `cannot listen on unix:${path}: another process listens there`,
    });
    expect(statSync(path).isSocket()).toBe(true);
  });

  it('a file that is not a socket is refused and left alone', async () => {
    writeFileSync(path, 'precious');
    await expect(create().bind(`unix:${path}`)).rejects.toMatchObject({
      code: 'already-exists',
      message: `cannot listen on unix:${path}: the file there is not a socket`,
    });
    expect(statSync(path).size).toBe(8);
  });

  it('a taken port is unavailable', async () => {
    setLogVerbosity(logVerbosity.NONE); // grpc-js would print the failure as well.
    const address = await create().bind('127.0.0.1:0');
    await expect(create().bind(address)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('limits are checked', () => {
    expect(() => createGrpcServer({ maxMessageBytes: 0 })).toThrow(
      'maxMessageBytes must be an integer >= 1, got 0',
    );
    expect(() => createGrpcServer({ keepaliveMs: 1.5 })).toThrow(
      'keepaliveMs must be an integer >= 1, got 1.5',
    );
  });
});
