import {
  createInMemoryModelHost,
  int64Tensor,
  transformerLayout,
  type Action,
  type CacheRun,
  type FeatureAnswer,
  type Granularity,
  type HostRun,
  type InterceptCall,
  type InterceptStream,
  type RunPlan,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { createInterceptCaller } from './intercept-caller.js';
import { createLocalCaller } from './local-caller.js';
import { createPlanCaller } from './plan-caller.js';
import { createProxyCaller } from './proxy-caller.js';
import { createInlineRoute } from './tensor-route.js';

const signal = new AbortController().signal;
const shape = [2, 1, 3, 2];
const x = Float32Array.from({ length: 12 }, (_, i) => i / 12);
const REUSE: Action = { kind: 'reuse' };
const FULL: Action = { kind: 'full' };

let runs = 0;

async function openHost(): Promise<HostRun> {
  const labels = { ...int64Tensor([2], BigInt64Array.of(1n, 10n)), place: 'inline' } as const;
  runs += 1;
  return createInMemoryModelHost().beginRun({
    runId: `run-${runs}`,
    branches: [{ branch: 'joint', batch: 2, tensors: [{ name: 'label', tensor: labels }] }],
    timesteps: [1, 0.5],
    sharedDirectory: '',
    historySize: 1,
  });
}

function planOf(granularity: Granularity): RunPlan {
  const calls = [FULL, REUSE].map((action, callIndex) => ({ callIndex, action, exceptions: [] }));
  return { policy: 'test()', granularity, steps: 2, historySize: 1, calls };
}

function unasked(): never {
  throw new ForecastError('internal', 'nobody should ask for this');
}

/** A run of a sidecar that is not there; what a test needs is replaced. */
function cacheRun(plan: RunPlan | null, changes: Partial<CacheRun> = {}): CacheRun {
  return {
    runId: 'r',
    plan,
    ttlMs: 1000,
    sharedDirectory: '',
    sharedName: '',
    warnings: [],
    decide: unasked,
    intercept: unasked,
    runNetwork: unasked,
    report: unasked,
    close: unasked,
    ...changes,
  };
}

/** Forwards to a host, keeps the newest feature of each site, and notes the sites of every message. */
function sidecarStream(host: HostRun, isForecast: (call: InterceptCall, site: string) => boolean) {
  const messages: string[][] = [];
  const newest = new Map<string, FeatureAnswer['output']>();
  const stream: InterceptStream = {
    async call(call) {
      messages.push(call.features.map(({ site }) => site));
      const answers: FeatureAnswer[] = [];
      for (const { site, value } of call.features) {
        if (value.kind === 'computed') {
          const bytes = 'bytes' in value.tensor ? value.tensor.bytes.slice() : unasked();
          newest.set(site, { ...value.tensor, place: 'inline', bytes });
          answers.push({ site, source: 'stored', output: null });
        } else if (isForecast(call, site)) {
          answers.push({ site, source: 'forecast', output: newest.get(site) ?? null });
        } else {
          const input = value.kind === 'input' ? value.tensor : null;
          const key = { branch: call.branch, callIndex: call.callIndex };
          const { output } = await host.forward({ ...key, site, input, output: null, keep: false });
          newest.set(site, output);
          answers.push({ site, source: 'forwarded', output });
        }
      }
      return answers;
    },
    end: () => undefined,
  };
  return { stream, messages };
}

const BRANCHES = ['blocks.0.attention', 'blocks.0.mlp', 'blocks.1.attention', 'blocks.1.mlp'];
const FULL_CALL = [['embed', 'modulation'], ...BRANCHES.map((site) => [site]), ['head']];

async function intercepted(granularity: Granularity, forecastSites: readonly string[]) {
  const description = await createInMemoryModelHost().describe();
  const isForecast = (call: InterceptCall, site: string) =>
    call.callIndex === 1 && forecastSites.includes(site);
  const { stream, messages } = sidecarStream(await openHost(), isForecast);
  const caller = createInterceptCaller({
    run: cacheRun(planOf(granularity)),
    stream,
    route: createInlineRoute(),
    layout: transformerLayout(description),
    granularity,
    shape,
  });
  return { caller, messages };
}

describe('createInterceptCaller', () => {
  it('walks a full call site by site, to the same bits as the host alone', async () => {
    const { caller, messages } = await intercepted('module', []);
    const local = createLocalCaller(await openHost(), { shape });
    const { velocity, action } = await caller.call({ callIndex: 0, t: 1, x }, signal);
    expect(velocity).toEqual((await local.call({ callIndex: 0, t: 1, x }, signal)).velocity);
    expect(action).toBe('full');
    expect(messages).toEqual(FULL_CALL);
  });

  it.each([
    ['module', BRANCHES, [['embed', 'modulation', ...BRANCHES], ['head']]],
    ['hidden', ['hidden'], [['embed', 'modulation', 'hidden'], ['head']]],
    ['output', ['output'], [['output']]],
  ] as const)(
    'asks for a forecast call at granularity %s in as few messages as possible',
    async (granularity, sites, expected) => {
      const { caller, messages } = await intercepted(granularity, sites);
      await caller.call({ callIndex: 0, t: 1, x }, signal);
      const fullMessages = messages.splice(0);
      const { action } = await caller.call({ callIndex: 1, t: 0.5, x }, signal);
      expect(action).toBe('reuse');
      expect(messages).toEqual(expected);
      const stored = granularity === 'module' ? [] : [[granularity]];
      expect(fullMessages.filter(([site]) => site === 'hidden' || site === 'output')).toEqual(
        stored,
      );
    },
  );

  it('rejects an answer without a tensor', async () => {
    const { caller } = await intercepted('output', ['output']);
    await expect(caller.call({ callIndex: 1, t: 0.5, x }, signal)).rejects.toThrow(
      'the sidecar must answer output with a tensor, got forecast for output',
    );
  });
});

describe('createPlanCaller', () => {
  it('computes by the plan and reports what it did', async () => {
    const reports: unknown[] = [];
    const run = cacheRun(planOf('module'), {
      report: async ({ wallUs, ...report }) =>
        void reports.push({ ...report, isTimed: wallUs >= 0 }),
    });
    const onLostReport = () => unasked();
    const caller = createPlanCaller({
      run,
      hostRun: await openHost(),
      granularity: 'module',
      shape,
      onLostReport,
    });
    await caller.call({ callIndex: 0, t: 1, x }, signal);
    expect((await caller.call({ callIndex: 1, t: 0.5, x }, signal)).action).toBe('reuse');
    expect(reports).toEqual([
      { branch: 'joint', callIndex: 0, action: 'full', forwarded: 7, forecast: 0, isTimed: true },
      { branch: 'joint', callIndex: 1, action: 'reuse', forwarded: 3, forecast: 4, isTimed: true },
    ]);
  });

  it('goes on by the plan when reports are lost, and says so once', async () => {
    const lost: unknown[] = [];
    const run = cacheRun(planOf('module'), {
      report: async () => {
        throw new ForecastError('unavailable', 'gone');
      },
    });
    const onLostReport = (error: unknown) => lost.push(error);
    const caller = createPlanCaller({
      run,
      hostRun: await openHost(),
      granularity: 'module',
      shape,
      onLostReport,
    });
    for (const callIndex of [0, 1]) await caller.call({ callIndex, t: 1, x }, signal);
    expect(lost).toHaveLength(1);
  });

  it('asks call by call when there is no plan', async () => {
    const run = cacheRun(null, {
      decide: async ({ callIndex }) => ({ callIndex, action: FULL, exceptions: [] }),
      report: async () => undefined,
    });
    const caller = createPlanCaller({
      run,
      hostRun: await openHost(),
      granularity: 'module',
      shape,
      onLostReport: unasked,
    });
    expect((await caller.call({ callIndex: 0, t: 1, x }, signal)).action).toBe('full');
  });
});

describe('createProxyCaller', () => {
  it('sends the whole call and takes the answer', async () => {
    const run = cacheRun(planOf('module'), {
      runNetwork: async ({ input }) => ({ output: input, action: REUSE }),
    });
    const caller = createProxyCaller({ run, route: createInlineRoute(), shape });
    expect(await caller.call({ callIndex: 1, t: 0.5, x }, signal)).toEqual({
      velocity: x,
      action: 'reuse',
    });
  });
});

describe('createLocalCaller', () => {
  it('depends on the call, not on what came before', async () => {
    const local = createLocalCaller(await openHost(), { shape });
    const late = createLocalCaller(await openHost(), { shape });
    await local.call({ callIndex: 0, t: 1, x }, signal);
    const [a, b] = [
      await local.call({ callIndex: 1, t: 0.5, x }, signal),
      await late.call({ callIndex: 1, t: 0.5, x }, signal),
    ];
    expect(a.velocity).toEqual(b.velocity);
  });

  it('rejects a batch of another shape', async () => {
    const local = createLocalCaller(await openHost(), { shape: [3, 1, 3, 2] });
    await expect(
      local.call({ callIndex: 0, t: 1, x: new Float32Array(18) }, signal),
    ).rejects.toThrow('input must be a tensor float32[2, 1, 3, 2], got "float32[3, 1, 3, 2]"');
  });
});
