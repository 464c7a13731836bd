import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, credentials } from '@grpc/grpc-js';

import { callOf, networkInput, openRun, probeOf } from '../../conformance/conformance-run.js';
import type { DescribeResponse } from '../../gen/forecache/v1/DescribeResponse.js';
import { modelHostServiceDefinition } from '../../wire/definitions.js';
import { createGrpcServer } from '../../wire/grpc-server.js';
import { createGrpcModelHost } from './grpc-model-host.js';
import { createInMemoryModelHost } from '../transformer/in-memory-model-host.js';
import type { InMemoryModelHostOptions } from '../transformer/in-memory-model-host.js';
import type { ModelHost } from '../model-host.js';
import { serveModelHost } from './model-host-service.js';
import type { ServeModelHostOptions } from './model-host-service.js';

let directory: string;
let cleanups: (() => Promise<unknown> | void)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'grpc-model-host-'));
  cleanups = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(directory, { recursive: true });
});

function socketPath(): string {
  return join(directory, 'host.sock');
}

async function serve(
  host: InMemoryModelHostOptions = {},
  change: Partial<ServeModelHostOptions> = {},
): Promise<string> {
  const server = await serveModelHost({
    host: createInMemoryModelHost(host),
    addresses: [`unix:${socketPath()}`, '127.0.0.1:0'],
    ...change,
  });
  cleanups.push(() => server.close());
  return server.addresses[1] ?? '';
}

function connect(address: string, deadlineMs = 10_000): ModelHost {
  const host = createGrpcModelHost({ address, deadlineMs });
  cleanups.push(() => host.close());
  return host;
}

/** Accepts connections and never says a word. */
async function silentServer(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(socketPath(), resolve));
  cleanups.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return `unix:${socketPath()}`;
}

describe('the gRPC model host', () => {
  it('works over TCP and over a Unix socket of the same server', async () => {
    const tcp = connect(await serve());
    const unix = connect(`unix:${socketPath()}`);
    expect(await tcp.describe()).toEqual(await unix.describe());
  });

  it('a server that is not there is unavailable', async () => {
    const address = `unix:${socketPath()}`;
    await expect(connect(address).describe()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^Describe: unix:.*host\.sock is unavailable: /),
    });
  });

  it('a server that does not answer in time is deadline-exceeded', async () => {
    const address = await silentServer();
    await expect(connect(address, 50).describe()).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: `Describe: no answer from ${address} within 50 ms`,
    });
  });

  it('an aborted request reaches the network, which stops', async () => {
    const controller = new AbortController();
    let reached: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (reached = resolve));
    const address = await serve({
      beforeSite: async (site) => {
        if (site === 'modulation') controller.abort();
        if (site === 'head') reached();
      },
    });
    const open = await openRun(connect(address));
    const call = open.run.runCall(callOf(open), { signal: controller.signal });
    await expect(call).rejects.toMatchObject({
      code: 'cancelled',
      message: 'the request was cancelled',
    });
    await open.run.runCall(callOf(open));
    await stopped;
  });

  it('a measure is cancelled like every request, and the call can be measured again', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const controller = new AbortController();
    const address = await serve({
      beforeSite: () => {
        controller.abort();
        return gate;
      },
    });
    const probes = [probeOf('modulated-input-change')];
    const open = await openRun(connect(address), { setup: { probes } });
    const request = { branch: 'cond', callIndex: 0, input: networkInput(open.description) };
    const aborted = open.run.measure(request, { signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({
      code: 'cancelled',
      message: 'the request was cancelled',
    });
    const late = open.run.measure(request, { signal: AbortSignal.timeout(20) });
    await expect(late).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: 'the deadline passed',
    });
    release();
    await expect(open.run.measure(request)).resolves.toEqual({});
  });

  it('a timeout of the caller is deadline-exceeded', async () => {
    const address = await silentServer();
    const signal = AbortSignal.timeout(20);
    await expect(connect(address).describe({ signal })).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: 'the deadline passed',
    });
  });

  it('an error inside the host tells nothing of its inside', async () => {
    const address = await serve({
      beforeSite: () => {
        throw new Error('secret');
      },
    });
    const open = await openRun(connect(address));
    await expect(open.run.runCall(callOf(open))).rejects.toMatchObject({
      code: 'internal',
      message: 'internal error',
    });
  });

  it('a run the host does not know is not-found', async () => {
    const address = await serve();
    const open = await openRun(connect(address));
    await open.run.end();
    await expect(open.run.runCall(callOf(open))).rejects.toMatchObject({
      code: 'not-found',
      message: `run ${open.runId} is not open on this host`,
    });
  });

  it('the limit of runs is told', async () => {
    const host = connect(await serve({}, { maxRuns: 1 }));
    await openRun(host);
    await expect(openRun(host)).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: 'all 1 runs of this host are in use',
    });
  });

  it('a message over the limit is resource-exhausted', async () => {
    const address = await serve({ tokens: 2000 }, { maxMessageBytes: 4096 });
    const open = await openRun(connect(address));
    await expect(open.run.runCall(callOf(open))).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
  });

  it('options are checked', () => {
    expect(() => createGrpcModelHost({ address: 'nowhere' })).toThrow(
      'address must be unix:/path or host:port, got "nowhere"',
    );
    expect(() => createGrpcModelHost({ address: 'a:1', deadlineMs: 0 })).toThrow(
      'deadlineMs must be an integer >= 1, got 0',
    );
    expect(() => createGrpcModelHost({ address: 'a:1', maxMessageBytes: -5 })).toThrow(
      'maxMessageBytes must be an integer >= 1, got -5',
    );
  });
});

describe('a server that answers nonsense', () => {
  async function answering(response: DescribeResponse): Promise<ModelHost> {
    const { server, bind, close } = createGrpcServer();
    const { Describe } = modelHostServiceDefinition();
    server.addService({ Describe }, { Describe: (_: unknown, send: Send) => send(null, response) });
    cleanups.push(() => close(0));
    return connect(await bind('127.0.0.1:0'));
  }

  type Send = (error: null, response: DescribeResponse) => void;

  it('is at fault: internal, naming the field', async () => {
    const type = { dtype: 'DTYPE_FLOAT32' as const, shape: [1] };
    const host = await answering({
      sites: [{ name: 'x', kind: 'SITE_KIND_UNSPECIFIED' }],
      input: type,
      output: type,
    });
    await expect(host.describe()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^answer of Describe: sites\[0\]\.kind must be one of SITE_/),
    });
  });

  it('and so is one that leaves out what is needed', async () => {
    await expect((await answering({})).describe()).rejects.toMatchObject({
      code: 'internal',
      message: 'answer of Describe: input must be set, got null',
    });
  });
});

describe('hostile bytes on the wire', () => {
  /** Sends bytes as they are to a method of the server. */
  async function send(method: string, bytes: Buffer): Promise<{ code: number; details: string }> {
    const client = new Client(await serve(), credentials.createInsecure());
    cleanups.push(() => client.close());
    const path = `/forecache.v1.ModelHostService/${method}`;
    return new Promise((resolve, reject) => {
      const asIs = (value: Buffer) => value;
      client.makeUnaryRequest(path, asIs, asIs, bytes, (error) => {
        if (error === null) return reject(new Error('the server answered'));
        resolve({ code: error.code, details: error.details });
      });
    });
  }

  const garbage: readonly [string, Buffer][] = [
    ['a length that runs past the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 0x61])],
    ['an endless varint', Buffer.alloc(40, 0xff)],
    ['a group that is never closed', Buffer.alloc(9, 0x0b)],
  ];
  it.each(garbage)('%s is refused and the server goes on', async (_, bytes) => {
    const { code } = await send('BeginRun', bytes);
    expect([3, 13]).toContain(code);
    await expect(connect(`unix:${socketPath()}`).describe()).resolves.toBeDefined();
  });

  it('a tensor in two places is INVALID_ARGUMENT', async () => {
    const { requestSerialize } = modelHostServiceDefinition().RunCall;
    const places = { inline: Buffer.alloc(4), handle: { hostId: 'h', id: 1 } };
    const input = { dtype: 'DTYPE_FLOAT32' as const, shape: [1], ...places };
    const plan = { action: { kind: 'ACTION_KIND_FULL' as const } };
    const request = requestSerialize({ runId: 'a', plan, input });
    await expect(send('RunCall', request)).resolves.toEqual({
      code: 3,
      details: 'input must be in exactly one place (inline, region or handle), got 2',
    });
  });

  it('an unknown method is UNIMPLEMENTED', async () => {
    expect((await send('Steal', Buffer.alloc(0))).code).toBe(12);
  });
});
