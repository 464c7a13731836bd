import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { networkInput, openRun } from '../../conformance/conformance-run.js';
import type { ConformanceRun } from '../../conformance/conformance-run.js';
import { createGrpcServer } from '../../wire/grpc-server.js';
import { modelHostServiceDefinition } from '../../wire/definitions.js';
import { createGrpcModelHost } from './grpc-model-host.js';
import { createInMemoryModelHost } from '../transformer/in-memory-model-host.js';
import { createModelHostHandlers, serveModelHost } from './model-host-service.js';
import type { Forward, ModelHost } from '../model-host.js';
import { createRunRegistry } from '../transformer/run-registry.js';

let directory: string;
let cleanups: (() => Promise<unknown> | void)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'forward-stream-'));
  cleanups = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(directory, { recursive: true });
});

/** A host whose sites wait while the gate is shut; `computed` counts those that were let through. */
interface GatedHost {
  readonly address: string;
  readonly client: ModelHost;
  readonly reached: Promise<void>;
  computed: number;
  open(): void;
  /** The process dies: connections break without a word. */
  die(): void;
  /** Closes in good order. */
  close(): Promise<void>;
}

async function gatedHost(deadlineMs = 10_000): Promise<GatedHost> {
  let open: () => void = () => undefined;
  let reach: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const grpc = createGrpcServer();
  const runs = createRunRegistry();
  const beforeSite = async () => {
    reach();
    await gate;
    gated.computed += 1;
  };
  const host = createInMemoryModelHost({ beforeSite });
  const { handlers, endStreams } = createModelHostHandlers(host, runs);
  grpc.server.addService(modelHostServiceDefinition(), handlers);
  const address = await grpc.bind(`unix:${join(directory, 'host.sock')}`);
  const client = createGrpcModelHost({ address, deadlineMs });
  const close = async () => {
    endStreams();
    await grpc.close(5_000);
  };
  const die = () => grpc.server.forceShutdown();
  const gated = { address, client, reached, computed: 0, open, die, close };
  cleanups.push(() => {
    open();
    die();
  });
  cleanups.push(() => client.close());
  return gated;
}

function embed(run: ConformanceRun): Forward {
  const input = networkInput(run.description);
  const request = { branch: 'cond', callIndex: 0, site: 'embed', input, output: null };
  return { ...request, keep: false, selection: null };
}

describe('the stream of forwards', () => {
  it('a host that dies rejects who waits, and who comes later, with its address', async () => {
    const host = await gatedHost();
    const run = await openRun(host.client);
    const waiting = [run.run.forward(embed(run)), run.run.forward(embed(run))];
    await host.reached;
    host.die();
    const gone = {
      code: 'unavailable',
      message: expect.stringContaining(`Forward: ${host.address} is unavailable: `),
    };
    await Promise.all(waiting.map((forward) => expect(forward).rejects.toMatchObject(gone)));
    await expect(run.run.forward(embed(run))).rejects.toMatchObject(gone);
  });

  it('a host that closes says so and does not wait for the stream', async () => {
    const host = await gatedHost();
    const run = await openRun(host.client);
    host.open();
    await run.run.forward(embed(run));
    const start = performance.now();
    await host.close();
    expect(performance.now() - start).toBeLessThan(2_500);
    await expect(run.run.forward(embed(run))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('a forward without an answer in time is deadline-exceeded, and the next one goes on', async () => {
    const host = await gatedHost(100);
    const run = await openRun(host.client);
    await expect(run.run.forward(embed(run))).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: `Forward: no answer from ${host.address} within 100 ms`,
    });
    host.open();
    await expect(run.run.forward(embed(run))).resolves.toMatchObject({ kept: null });
  });

  it('an aborted forward is cancelled on the host, and the next one goes on', async () => {
    const host = await gatedHost();
    const run = await openRun(host.client);
    const controller = new AbortController();
    const forward = run.run.forward(embed(run), { signal: controller.signal });
    await host.reached;
    controller.abort();
    await expect(forward).rejects.toMatchObject({
      code: 'cancelled',
      message: 'the request was cancelled',
    });
    host.open();
    await expect(run.run.forward(embed(run))).resolves.toMatchObject({ kept: null });
  });

  it('an aborted forward does not disturb the one behind it', async () => {
    const host = await gatedHost();
    const run = await openRun(host.client);
    const controller = new AbortController();
    const aborted = run.run.forward(embed(run), { signal: controller.signal });
    const other = run.run.forward({ ...embed(run), site: 'modulation', input: null });
    await host.reached;
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'cancelled' });
    host.open();
    // The modulation's answer, not the late one of embed.
    await expect(other).resolves.toMatchObject({ output: { shape: [2, 14, 4] } });
  });

  it('closing the client rejects who waits', async () => {
    const host = await gatedHost();
    const run = await openRun(host.client);
    const forward = run.run.forward(embed(run));
    await host.reached;
    await Promise.all([
      expect(forward).rejects.toMatchObject({ code: 'cancelled' }),
      host.client.close(),
    ]);
  });

  it('a run that is ended is not found, and its stream stays closed', async () => {
    const host = await gatedHost();
    host.open();
    const run = await openRun(host.client);
    await run.run.forward(embed(run));
    const ended = run.run.end();
    // Neither on the stream that is being ended nor on a fresh one.
    const missing = { code: 'not-found', message: `run ${run.runId} is not open on this host` };
    await expect(run.run.forward(embed(run))).rejects.toMatchObject(missing);
    await ended;
    await expect(run.run.forward(embed(run))).rejects.toMatchObject(missing);
  });

  it('serveModelHost closes while a stream is open', async () => {
    const server = await serveModelHost({
      host: createInMemoryModelHost(),
      addresses: [`unix:${join(directory, 'served.sock')}`],
    });
    const client = createGrpcModelHost({ address: server.addresses[0] ?? '' });
    cleanups.push(() => client.close());
    const run = await openRun(client);
    await run.run.forward(embed(run));
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(2_500);
  });
});
