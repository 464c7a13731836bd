import { ForecastError } from '@forecache/core';
import type { ServerDuplexStream } from '@grpc/grpc-js';

import type { CacheServiceHandlers } from '../gen/forecache/v1/CacheService.js';
import type { InterceptRequest__Output } from '../gen/forecache/v1/InterceptRequest.js';
import type { InterceptResponse } from '../gen/forecache/v1/InterceptResponse.js';
import type { RunStatistics as StatisticsMessage } from '../gen/forecache/v1/RunStatistics.js';
import { cacheServiceDefinition } from '../wire/definitions.js';
import { createGrpcServer } from '../wire/grpc-server.js';
import { encodeInterceptAnswer } from '../wire/intercept-messages.js';
import { unaryHandler } from '../wire/rpc-handler.js';
import type { CacheClient, CacheRun, InterceptCall, OpenRun } from './cache-client.js';
import { createCacheClient } from './grpc-cache-client.js';

type Duplex = ServerDuplexStream<InterceptRequest__Output, InterceptResponse>;

const STATISTICS: StatisticsMessage = { runId: 'run-1', outcome: 'RUN_OUTCOME_OK', forwarded: 3 };

const OPEN: OpenRun = {
  mode: 'intercept',
  policy: { name: 'full', options: {} },
  granularity: 'module',
  run: { steps: 1, calls: 1, timesteps: [], sigmas: [], network: null },
  branches: [{ branch: 'joint', batch: 1, tensors: [] }],
  model: '',
  sharedBytes: 0,
  historyPlace: 'sidecar',
  client: 'test',
};

const CALL: InterceptCall = {
  branch: 'joint',
  callIndex: 0,
  features: [{ site: 'embed', value: { kind: 'none' }, output: null }],
};

let cleanups: (() => Promise<void> | void)[];

beforeEach(() => {
  cleanups = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** A sidecar that knows one run. `change` replaces single methods. */
async function fakeSidecar(
  change: Partial<CacheServiceHandlers> = {},
  deadlineMs = 10_000,
): Promise<CacheClient> {
  const handlers: CacheServiceHandlers = {
    OpenRun: unaryHandler(({ client }) => {
      return { runId: 'run-1', policy: 'full', ttlMs: 1000, warnings: [client] };
    }),
    Decide: unaryHandler(({ callIndex }) => ({ plan: { callIndex } })),
    Intercept: (stream) => answerEach(stream),
    RunNetwork: unaryHandler(({ input, callIndex }) => ({ output: input, plan: { callIndex } })),
    Report: unaryHandler(() => ({})),
    CloseRun: unaryHandler(() => ({ statistics: STATISTICS })),
    WatchRuns: (stream) => {
      stream.write({ runId: 'run-1', opened: { policy: 'full', calls: 1, client: 'test' } });
      stream.write({ runId: 'run-1', call: { branch: 'joint', callIndex: 0 } });
      stream.write({ runId: 'run-1', closed: STATISTICS });
      stream.end();
    },
    ListPolicies: unaryHandler(() => ({ policies: [{ name: 'full', summary: 'All.' }] })),
    ListModels: unaryHandler(() => ({ models: [] })),
    GetStatistics: unaryHandler(() => ({ runsOpened: 7, errors: { NOT_FOUND: 1 } })),
    ...change,
  };
  const { server, bind, close } = createGrpcServer();
  server.addService(cacheServiceDefinition(), handlers);
  const address = await bind('127.0.0.1:0');
  const client = createCacheClient({ address, deadlineMs });
  cleanups.push(
    () => close(0),
    () => client.close(),
  );
  return client;
}

function stored(message: InterceptRequest__Output): InterceptResponse {
  const features = message.features.map(({ site }) => {
    return { site, source: 'stored', output: null } as const;
  });
  return encodeInterceptAnswer({ sequence: message.sequence, features });
}

function answerEach(stream: Duplex): void {
  stream.on('data', (message: InterceptRequest__Output) => stream.write(stored(message)));
  stream.on('end', () => stream.end());
}

async function openRun(change?: Partial<CacheServiceHandlers>, deadlineMs?: number) {
  const client = await fakeSidecar(change, deadlineMs);
  return client.openRun(OPEN);
}

function streamOf(run: CacheRun) {
  const stream = run.intercept();
  cleanups.push(() => stream.end());
  return stream;
}

describe('the cache client', () => {
  it('opens, decides, runs, reports and closes', async () => {
    const run = await openRun();
    expect(run).toMatchObject({
      runId: 'run-1',
      policy: 'full',
      plan: null,
      setup: { sites: [], tokenCache: null, probes: [] },
      ttlMs: 1000,
      warnings: ['test'],
    });
    const key = { branch: 'joint', callIndex: 4 };
    const plan = await run.decide({ ...key, scalars: {} });
    expect(plan).toEqual({ callIndex: 4, action: { kind: 'full' }, exceptions: [] });
    const bytes = Buffer.from([1, 2]);
    const input = { dtype: 'float16', shape: [1], place: 'inline', bytes } as const;
    const answer = await run.runNetwork({ ...key, input, output: null });
    expect(answer).toEqual({ output: input, plan });
    const counts = { forwarded: 1, forecast: 0, partial: 0, wallUs: 2 };
    await run.report({ ...key, ...counts, action: 'full', scalars: { 'input-change': 1 } });
    expect(await run.close('ok')).toMatchObject({ outcome: 'ok', forwarded: 3, sites: [] });
  });

  it('lists policies and models and counts', async () => {
    const client = await fakeSidecar();
    const policy = { name: 'full', summary: 'All.', options: [] };
    expect(await client.listPolicies()).toEqual([policy]);
    expect(await client.listModels()).toEqual([]);
    const statistics = await client.statistics();
    expect(statistics).toMatchObject({ runsOpened: 7, errors: { NOT_FOUND: 1 } });
  });

  it('watches events until the sidecar ends the stream', async () => {
    const kinds: string[] = [];
    for await (const event of (await fakeSidecar()).watchRuns('')) kinds.push(event.kind);
    expect(kinds).toEqual(['opened', 'call', 'closed']);
  });

  it('leaving the loop cancels the watch', async () => {
    let cancelled: () => void = () => undefined;
    const isCancelled = new Promise<void>((resolve) => (cancelled = resolve));
    const client = await fakeSidecar({
      WatchRuns: (stream) => {
        stream.on('cancelled', () => cancelled());
        stream.write({ runId: 'run-1', call: { branch: 'joint' } });
      },
    });
    for await (const event of client.watchRuns('run-1')) {
      expect(event.runId).toBe('run-1');
      break;
    }
    await expect(isCancelled).resolves.toBeUndefined();
  });

  it('an aborted watch throws cancelled', async () => {
    const client = await fakeSidecar({
      WatchRuns: (stream) => void stream.write({ runId: 'run-1', call: {} }),
    });
    const controller = new AbortController();
    const watch = async () => {
      for await (const event of client.watchRuns('', { signal: controller.signal })) {
        expect(event.kind).toBe('call');
        controller.abort();
      }
    };
    await expect(watch()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it("an error keeps the sidecar's code and message", async () => {
    const client = await fakeSidecar({
      OpenRun: unaryHandler(() => {
        throw new ForecastError('invalid-argument', 'interval must be an integer >= 1, got 0');
      }),
    });
    await expect(client.openRun(OPEN)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'interval must be an integer >= 1, got 0',
    });
  });
});

describe('the intercept stream', () => {
  it('answers come back to their calls, also when the sidecar turns their order around', async () => {
    const run = await openRun({
      Intercept: (stream) => {
        const waiting: InterceptRequest__Output[] = [];
        stream.on('data', (message: InterceptRequest__Output) => {
          waiting.push(message);
          if (waiting.length < 2) return;
          waiting.reverse().forEach((each) => stream.write(stored(each)));
        });
      },
    });
    const stream = streamOf(run);
    const named = (site: string): InterceptCall => {
      return { ...CALL, features: [{ site, value: { kind: 'none' }, output: null }] };
    };
    const answers = await Promise.all([stream.call(named('a')), stream.call(named('b'))]);
    expect(answers.map(([answer]) => answer?.site)).toEqual(['a', 'b']);
  });

  it('an answered error rejects its call; the stream stays usable', async () => {
    let count = 0;
    const run = await openRun({
      Intercept: (stream) =>
        void stream.on('data', (message: InterceptRequest__Output) => {
          const error = new ForecastError('not-found', 'site "x" is unknown');
          const { sequence } = message;
          stream.write(
            count++ === 0 ? encodeInterceptAnswer({ sequence, error }) : stored(message),
          );
        }),
    });
    const stream = streamOf(run);
    await expect(stream.call(CALL)).rejects.toMatchObject({
      code: 'not-found',
      message: 'site "x" is unknown',
    });
    await expect(stream.call(CALL)).resolves.toHaveLength(1);
  });

  it('a stream that dies rejects everything that waits, and everything after', async () => {
    const run = await openRun({
      Intercept: (stream) =>
        void stream.on('data', ({ sequence }: InterceptRequest__Output) => {
          if (sequence === 2) stream.emit('error', { code: 14, details: 'it crashed' });
        }),
    });
    const stream = streamOf(run);
    const calls = await Promise.allSettled([stream.call(CALL), stream.call(CALL)]);
    expect(calls).toMatchObject(Array(2).fill({ reason: { code: 'unavailable' } }));
    await expect(stream.call(CALL)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^Intercept: the stream to 127\.0\.0\.1:\d+ is over: it crashed$/,
      ),
    });
  });

  it('a stream that the sidecar ends is over', async () => {
    const run = await openRun({
      Intercept: (stream) => void stream.on('data', () => stream.end()),
    });
    const stream = streamOf(run);
    await expect(stream.call(CALL)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/ is over: the server ended it$/),
    });
  });

  it('ending it rejects what waits', async () => {
    const run = await openRun({ Intercept: (stream) => void stream.resume() });
    const stream = run.intercept();
    const call = stream.call(CALL);
    stream.end();
    await expect(call).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/ is over: it was ended$/),
    });
  });

  it('an aborted call is cancelled, its late answer dropped, the next call answered', async () => {
    const held: InterceptRequest__Output[] = [];
    const run = await openRun({
      Intercept: (stream) =>
        void stream.on('data', (message: InterceptRequest__Output) => {
          held.push(message);
          if (held.length === 2) held.forEach((each) => stream.write(stored(each)));
        }),
    });
    const stream = streamOf(run);
    const controller = new AbortController();
    const first = stream.call(CALL, { signal: controller.signal });
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await expect(stream.call(CALL)).resolves.toHaveLength(1);
    await expect(stream.call(CALL, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('a call without an answer in time is deadline-exceeded', async () => {
    const run = await openRun({ Intercept: (stream) => void stream.resume() }, 50);
    await expect(streamOf(run).call(CALL)).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: expect.stringMatching(/^Intercept: no answer from 127\.0\.0\.1:\d+ within 50 ms$/),
    });
  });

  it('answers for other sites than asked, or without a tensor, are the fault of the sidecar', async () => {
    const answers: readonly InterceptResponse[] = [
      { features: [{ site: 'other', source: 'FEATURE_SOURCE_STORED' }] },
      { features: [] },
      { features: [{ site: 'embed', source: 'FEATURE_SOURCE_FORECAST' }] },
      { features: [{ site: 'embed' }] },
    ];
    const run = await openRun({
      Intercept: (stream) =>
        void stream.on('data', ({ sequence }: InterceptRequest__Output) => {
          stream.write({ ...answers[sequence - 1], sequence });
        }),
    });
    const stream = streamOf(run);
    const messages = [
      'answer of Intercept: asked for embed, answered other',
      'answer of Intercept: asked for embed, answered ',
      'answer of Intercept: features[0].output must be set when source is forecast, got null',
      /^answer of Intercept: features\[0\]\.source must be one of FEATURE_SOURCE_FORWARDED/,
    ];
    for (const message of messages) {
      const matching = typeof message === 'string' ? message : expect.stringMatching(message);
      await expect(stream.call(CALL)).rejects.toMatchObject({
        code: 'internal',
        message: matching,
      });
    }
  });
});
