import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  cacheServiceDefinition,
  createCacheClient,
  createGrpcModelHost,
  createInMemoryModelHost,
  type CacheRun,
  type FeatureAnswer,
  type ModelDescription,
  type RunEvent,
} from '@forecache/adapters';
import { listAllPolicies } from '../../src/presets/all-policies.js';
import { Client, credentials } from '@grpc/grpc-js';
import { pino } from 'pino';
import { createManualClock } from './manual-clock.js';
import { branch, image, inline, request, startFixture, type Fixture } from './fixture.js';
import { interceptRun } from './walkers.js';

const TTL_MS = 1000;

let fixture: Fixture;
let model: ModelDescription;

beforeEach(async () => {
  fixture = await startFixture();
  model = await fixture.host.describe();
});

afterEach(() => fixture.close());

function embed(run: CacheRun, callIndex: number): Promise<readonly FeatureAnswer[]> {
  const value = { kind: 'input', tensor: inline(image()) } as const;
  const stream = run.intercept();
  return stream.call({
    branch: 'joint',
    callIndex,
    features: [{ site: 'embed', value, output: null }],
  });
}

/** Waits until something is so, without a clock of its own. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a run', () => {
  test('closed twice answers the same statistics', async () => {
    const run = await fixture.client.openRun(request());
    await interceptRun(run, model);
    const first = await run.close('ok');
    expect(first).toMatchObject({ runId: run.runId, outcome: 'ok', client: 'test' });
    expect(await run.close('error')).toEqual(first);
    expect((await fixture.client.statistics()).runsClosed).toBe(1);
  });

  test('frees its bytes and its file when it is closed', async () => {
    const run = await fixture.client.openRun(request({ sharedBytes: 65536 }));
    expect(fixture.sharedFiles()).toEqual([run.sharedName]);
    await interceptRun(run, model);
    expect((await fixture.client.statistics()).bytesHeld).toBeGreaterThan(65536);
    const { peakBytes } = await run.close('ok');
    // 4 sites * 3 features * 48 bytes, one slot to fill, a tile of 256 KiB, and the file.
    expect(peakBytes).toBe(4 * 3 * 48 + 48 + 262144 + 65536);
    expect((await fixture.client.statistics()).bytesHeld).toBe(0);
    expect(fixture.sharedFiles()).toEqual([]);
  });

  test('that is closed, or was never opened, is named in the refusal', async () => {
    const run = await fixture.client.openRun(request());
    await run.close('ok');
    await expect(embed(run, 0)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `run "${run.runId}" is closed: its client closed it`,
    });
    const { service } = fixture.sidecar;
    await expect(service.closeRun('run-unknown', 'ok')).rejects.toMatchObject({
      code: 'not-found',
      message: 'run "run-unknown" is not known',
    });
  });

  test('is forgotten when enough others were closed after it', async () => {
    const own = await startFixture({ limits: { maxClosedRuns: 1 } });
    try {
      const first = await own.client.openRun(request());
      const second = await own.client.openRun(request());
      await first.close('ok');
      await second.close('ok');
      await expect(first.close('ok')).rejects.toMatchObject({ code: 'not-found' });
      await expect(second.close('ok')).resolves.toBeDefined();
    } finally {
      await own.close();
    }
  });

  test('refuses requests of another mode', async () => {
    const plan = await fixture.client.openRun(request({ mode: 'plan' }));
    const call = { branch: 'joint', callIndex: 0 };
    await expect(embed(plan, 0)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `Intercept needs a run of mode intercept, run "${plan.runId}" has mode plan`,
    });
    await expect(
      plan.runNetwork({ ...call, input: inline(image()), output: null }),
    ).rejects.toMatchObject({
      message: `RunNetwork needs a run of mode proxy, run "${plan.runId}" has mode plan`,
    });
    const proxy = await fixture.client.openRun(request({ mode: 'proxy' }));
    const counts = { forwarded: 1, forecast: 0, partial: 0 };
    await expect(
      proxy.report({ ...call, ...counts, action: 'full', wallUs: 1, scalars: {} }),
    ).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `Report needs a run of mode plan or intercept, run "${proxy.runId}" has mode proxy`,
    });
  });

  test('in plan mode counts what its host reports, each call once', async () => {
    const run = await fixture.client.openRun(request({ mode: 'plan' }));
    const report = {
      ...{ branch: 'joint', forwarded: 4, forecast: 0, partial: 0 },
      ...{ wallUs: 5, scalars: {} },
    };
    await run.report({ ...report, callIndex: 0, action: 'full' });
    await run.report({ ...report, callIndex: 0, action: 'full' });
    await run.report({ ...report, callIndex: 1, action: 'forecast', forwarded: 0, forecast: 4 });
    await run.report({ ...report, callIndex: 2, action: 'partial', forecast: 2, partial: 2 });
    const statistics = await run.close('ok');
    expect(statistics).toMatchObject({ fullCalls: 1, forecastCalls: 2 });
    expect(statistics).toMatchObject({ forwarded: 8, forecast: 6, partial: 2 });
  });

  test('in intercept mode counts its features, whatever is reported', async () => {
    const run = await fixture.client.openRun(request());
    await embed(run, 0);
    const counts = { forwarded: 7, forecast: 7, partial: 7 };
    const report = { branch: 'joint', callIndex: 0, ...counts, wallUs: 1, scalars: { any: 1 } };
    await run.report({ ...report, action: 'forecast' });
    expect(await run.close('ok')).toMatchObject({ forwarded: 1, forecast: 0, forecastCalls: 0 });
  });

  test('answers a static decision from its plan', async () => {
    const run = await fixture.client.openRun(request({ mode: 'plan' }));
    const decided = await run.decide({ branch: 'joint', callIndex: 2, scalars: {} });
    expect(decided).toEqual(run.plan?.calls[2]);
    await expect(run.decide({ branch: 'joint', callIndex: 10, scalars: {} })).rejects.toMatchObject(
      {
        code: 'invalid-argument',
        message: 'call_index must be an integer in 0..9, got 10',
      },
    );
  });
});

describe('a proxy run', () => {
  const call = (callIndex: number) => ({
    branch: 'joint',
    callIndex,
    input: inline(image()),
    output: null,
  });

  test('answers a repeat of its newest call again, and computes it once', async () => {
    const run = await fixture.client.openRun(request({ mode: 'proxy' }));
    const first = await run.runNetwork(call(0));
    expect(await run.runNetwork(call(0))).toEqual(first);
    expect(fixture.host.computed.get('head')).toBe(1);
    expect(await run.close('ok')).toMatchObject({ fullCalls: 1, forwarded: 7 });
  });

  test('refuses to go back, and to forecast from calls that were not made', async () => {
    const run = await fixture.client.openRun(request({ mode: 'proxy' }));
    await expect(run.runNetwork(call(2))).rejects.toMatchObject({
      code: 'failed-precondition',
      message:
        'site "blocks.0.attention" of branch "joint" cannot be forecast at call 2: it needs the true ' +
        'features of calls [1, 0], calls [1, 0] were not made',
    });
    await run.runNetwork(call(0));
    await run.runNetwork(call(1));
    await expect(run.runNetwork(call(0))).rejects.toMatchObject({
      code: 'failed-precondition',
      message:
        'call 0 of branch "joint" cannot be computed after call 1: the model host\'s history has moved on',
    });
  });

  test('refuses an input of another shape', async () => {
    const run = await fixture.client.openRun(request({ mode: 'proxy' }));
    const wrong = { ...call(0), input: inline(image(2)) };
    await expect(run.runNetwork(wrong)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'input must be a tensor float32[1, 1, 3, 2], got "float32[2, 1, 3, 2]"',
    });
  });
});

describe('an idle run', () => {
  test('expires, and everything it held is freed', async () => {
    const clock = createManualClock();
    const own = await startFixture({ ttlMs: TTL_MS, overrides: { clock } });
    try {
      const run = await own.client.openRun(request({ sharedBytes: 4096 }));
      expect(run.ttlMs).toBe(TTL_MS);
      clock.advance(TTL_MS - 1);
      await embed(run, 0);
      clock.advance(TTL_MS - 1);
      expect((await own.client.statistics()).runsOpen).toBe(1);
      clock.advance(2);
      await until(() => own.sharedFiles().length === 0);
      const statistics = await own.client.statistics();
      expect(statistics).toMatchObject({ runsOpen: 0, runsExpired: 1, bytesHeld: 0 });
      await expect(embed(run, 0)).rejects.toMatchObject({
        code: 'failed-precondition',
        message: `run "${run.runId}" is closed: no request came for 1000 ms`,
      });
      expect(await run.close('ok')).toMatchObject({ outcome: 'interrupted' });
      expect(clock.pending).toBe(0);
    } finally {
      await own.close();
    }
  });

  test('does not expire while the host works for it', async () => {
    const clock = createManualClock();
    let release = () => undefined as void;
    let isComputing = false;
    const wait = new Promise<void>((resolve) => (release = resolve));
    const beforeSite = async () => {
      isComputing = true;
      await wait;
    };
    const own = await startFixture({ ttlMs: TTL_MS, overrides: { clock }, host: { beforeSite } });
    try {
      const run = await own.client.openRun(request());
      const answer = embed(run, 0);
      await until(() => isComputing);
      clock.advance(5 * TTL_MS);
      expect((await own.client.statistics()).runsOpen).toBe(1);
      release();
      await expect(answer).resolves.toMatchObject([{ source: 'forwarded' }]);
    } finally {
      release();
      await own.close();
    }
  });

  test('a client that vanishes in the middle of a call leaves the run as it was', async () => {
    let release = () => undefined as void;
    const wait = new Promise<void>((resolve) => (release = resolve));
    let computing = 0;
    const beforeSite = async () => {
      computing += 1;
      if (computing === 1) await wait;
    };
    const own = await startFixture({ host: { beforeSite } });
    const raw = new Client(own.address, credentials.createInsecure());
    try {
      const run = await own.client.openRun(request());
      const { path, requestSerialize, responseDeserialize } = cacheServiceDefinition().Intercept;
      const stream = raw.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      const gone = new Promise((resolve) => stream.once('error', resolve));
      const { shape, bytes } = image();
      const dtype = 'DTYPE_FLOAT32' as const;
      const input = { dtype, shape: [...shape], inline: Buffer.from(bytes) };
      const key = { runId: run.runId, branch: 'joint', callIndex: 0 };
      stream.write({ ...key, features: [{ site: 'embed', input }] });
      await until(() => computing === 1);
      stream.cancel();
      await gone;
      const { service } = own.sidecar;
      await until(() => service.statistics().errors['CANCELLED'] === 1);
      release();
      const value = { kind: 'input', tensor: inline(image()) } as const;
      const features = [{ site: 'embed', value, output: null }];
      const call = { branch: 'joint', callIndex: 0, features };
      const { signal } = new AbortController();
      const answer = await service.intercept(run.runId, call, signal);
      expect(answer).toMatchObject([{ source: 'forwarded' }]);
      expect(await service.closeRun(run.runId, 'ok')).toMatchObject({ forwarded: 1 });
    } finally {
      release();
      raw.close();
      await own.close();
    }
  });

  test('a client that vanishes leaves its run open, and may come back', async () => {
    const run = await fixture.client.openRun(request());
    const address = fixture.address;
    await embed(run, 0);
    fixture.client.close();
    const again = createCacheClient({ address });
    try {
      expect((await again.statistics()).runsOpen).toBe(1);
      expect(await fixture.sidecar.service.closeRun(run.runId, 'ok')).toMatchObject({
        forwarded: 1,
      });
    } finally {
      again.close();
    }
  });
});

describe('a model host in another process', () => {
  let child: ChildProcess | null = null;

  afterEach(async () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    child = null;
  });

  async function spawnHost(address: string): Promise<ChildProcess> {
    const file = join(__dirname, 'model-host-process.ts');
    const args = ['--conditions=@forecache/source', '--import', '@swc-node/register/esm-register'];
    const started = spawn(process.execPath, [...args, file, address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const { stdout } = started;
    if (stdout === null) throw new Error('no output');
    await new Promise((resolve) => createInterface({ input: stdout }).once('line', resolve));
    return started;
  }

  test('that is killed is unavailable by name; the run stays open and closes cleanly', async () => {
    const address = `unix:${join(fixture.directory, 'host.sock')}`;
    const started = await spawnHost(address);
    const host = createGrpcModelHost({ address, deadlineMs: 5000 });
    const own = await startFixture({ hosts: [{ host, address, sharesFiles: true }] });
    try {
      const run = await own.client.openRun(request({ sharedBytes: 4096 }));
      await embed(run, 0);
      const gone = new Promise((resolve) => started.once('exit', resolve));
      started.kill('SIGKILL');
      await gone;
      await expect(embed(run, 1)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(`${address} is unavailable`),
      });
      expect((await own.client.statistics()).runsOpen).toBe(1);
      expect(await run.close('error')).toMatchObject({ outcome: 'error', forwarded: 1 });
      expect(own.sharedFiles()).toEqual([]);
      await expect(own.client.openRun(request())).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      await own.close();
    }
  }, 60_000);
});

test('a model host that does not answer in time is named', async () => {
  const beforeSite = () => new Promise<void>(() => undefined);
  const host = createInMemoryModelHost({ beforeSite });
  const own = await startFixture({
    hosts: [{ host, address: 'slow', sharesFiles: true }],
    hostTimeoutMs: 50,
  });
  try {
    const run = await own.client.openRun(request());
    await expect(embed(run, 0)).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: expect.stringMatching(/^model host slow: /),
    });
  } finally {
    await own.close();
  }
});

describe('watching', () => {
  async function collect(events: AsyncIterable<RunEvent>, into: RunEvent[]): Promise<void> {
    for await (const event of events) into.push(event);
  }

  test('one run: its calls and its end, and nothing of another', async () => {
    const watched = await fixture.client.openRun(request({ calls: 4 }));
    const other = await fixture.client.openRun(request({ calls: 4 }));
    const events: RunEvent[] = [];
    const done = collect(fixture.client.watchRuns(watched.runId), events);
    await untilWatched(fixture, watched);
    await Promise.all([interceptRun(watched, model), interceptRun(other, model)]);
    await other.close('ok');
    await watched.close('ok');
    await done;
    const calls = events.filter((event) => event.kind === 'call');
    expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([watched.runId]));
    expect(calls.map(({ callIndex, action }) => [callIndex, action])).toEqual([
      [0, 'full'],
      [1, 'full'],
      [2, 'forecast'],
      [3, 'forecast'],
    ]);
    expect(events.at(-1)).toMatchObject({ kind: 'closed', statistics: { outcome: 'ok' } });
  });

  /** A watch is on before the next call's event: open it, then let the server turn once. */
  async function untilWatched({ client }: Fixture, run: CacheRun): Promise<void> {
    await client.statistics();
    await run.decide({ branch: 'joint', callIndex: 0, scalars: {} });
  }

  test('all runs: a run opens and closes', async () => {
    const events: RunEvent[] = [];
    const stop = new AbortController();
    const done = collect(fixture.client.watchRuns('', { signal: stop.signal }), events).catch(
      () => undefined,
    );
    await fixture.client.statistics();
    const run = await fixture.client.openRun(request({ mode: 'plan' }));
    await run.close('interrupted');
    await until(() => events.some(({ kind }) => kind === 'closed'));
    stop.abort();
    await done;
    expect(events.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
    expect(events[0]).toMatchObject({ runId: run.runId, calls: 10, client: 'test' });
  });

  test('an unknown run is refused', async () => {
    await expect(collect(fixture.client.watchRuns('run-unknown'), [])).rejects.toMatchObject({
      code: 'not-found',
      message: 'run "run-unknown" is not known',
    });
  });
});

describe('shutting down', () => {
  test('ends open streams and runs, and removes files and sockets', async () => {
    const own = await startFixture();
    const run = await own.client.openRun(request({ sharedBytes: 4096 }));
    const stream = run.intercept();
    const ask = (callIndex: number) =>
      stream.call({
        branch: 'joint',
        callIndex,
        features: [{ site: 'embed', value: { kind: 'none' }, output: null }],
      });
    await ask(0);
    await own.sidecar.close();
    await expect(ask(1)).rejects.toMatchObject({ code: 'unavailable' });
    expect(existsSync(own.sidecar.sharedDirectory)).toBe(false);
    expect(readdirSync(own.directory)).toEqual([]);
    expect(own.sidecar.service.statistics()).toMatchObject({ runsOpen: 0, bytesHeld: 0 });
    await own.close();
  });

  test('refuses a run that comes too late', async () => {
    const { service } = fixture.sidecar;
    await service.close();
    await expect(fixture.client.openRun(request())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the sidecar is shutting down'),
    });
  });

  test('a sidecar that cannot listen leaves nothing behind', async () => {
    const before = readdirSync(fixture.directory);
    const taken = startFixtureOn(fixture);
    await expect(taken).rejects.toMatchObject({ code: 'already-exists' });
    expect(readdirSync(fixture.directory)).toEqual(before);
  });

  async function startFixtureOn({ address, directory }: Fixture): Promise<unknown> {
    const { startSidecar } = await import('../../src/service/start-sidecar.js');
    const { compileLimits } = await import('../../src/service/limits.js');
    return startSidecar({
      listen: [address],
      hosts: [],
      ttlMs: TTL_MS,
      hostTimeoutMs: 1000,
      shutdownGraceMs: 100,
      limits: compileLimits(),
      sharedParent: directory,
      logger: pino({ level: 'silent' }),
    });
  }
});

test('lists the policies of the policy package, and preset', async () => {
  const listed = await fixture.client.listPolicies();
  expect(listed).toEqual(listAllPolicies());
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['full', 'taylorseer']));
});

test('two branches close with the statistics of both', async () => {
  const branches = [branch('cond'), branch('uncond')];
  const run = await fixture.client.openRun(request({ calls: 4, branches }));
  await interceptRun(run, model, { branch: 'cond' });
  await interceptRun(run, model, { branch: 'uncond' });
  expect(await run.close('ok')).toMatchObject({ fullCalls: 4, forecastCalls: 4 });
});

test('a run says one line when it opens and one when it closes, and never what a tensor holds', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info', base: null }, { write: (line) => void lines.push(line) });
  const own = await startFixture({ logger });
  try {
    const run = await own.client.openRun(request());
    await interceptRun(run, model);
    await run.close('ok');
    const ofRun = lines
      .map((line) => JSON.parse(line))
      .filter((line: { runId?: string }) => line.runId === run.runId);
    expect(ofRun).toMatchObject([
      {
        msg: 'run opened',
        policy: 'taylorseer(interval=3, order=2, warmup=2)',
        mode: 'intercept',
        granularity: 'module',
        calls: 10,
        fullCalls: 4,
        forecastCalls: 6,
      },
      {
        msg: 'run closed',
        outcome: 'ok',
        fullCalls: 4,
        forecastCalls: 6,
        forwarded: 46,
        forecast: 24,
      },
    ]);
    expect(Object.keys(ofRun[1])).not.toContain('features');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(600);
  } finally {
    await own.close();
  }
});
