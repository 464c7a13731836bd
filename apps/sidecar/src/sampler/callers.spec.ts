import {
  createInMemoryModelHost,
  int64Tensor,
  NO_SETUP,
  sitesOfGranularity,
  transformerLayout,
  type Action,
  type CacheRun,
  type FeatureAnswer,
  type Granularity,
  type HostRun,
  type InterceptCall,
  type InterceptStream,
  type RunSetup,
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

async function openHost(setup: RunSetup = NO_SETUP): Promise<HostRun> {
  const labels = { ...int64Tensor([2], BigInt64Array.of(1n, 10n)), place: 'inline' } as const;
  runs += 1;
  return createInMemoryModelHost().beginRun({
    runId: `run-${runs}`,
    branches: [{ branch: 'joint', batch: 2, tensors: [{ name: 'label', tensor: labels }] }],
    timesteps: [1, 0.5, 0.25],
    sharedDirectory: '',
    setup,
  });
}

/** Two calls, full and reuse, with one feature kept at every site of a granularity. */
async function planOf(granularity: Granularity): Promise<Pick<CacheRun, 'plan' | 'setup'>> {
  const calls = [FULL, REUSE].map((action, callIndex) => ({ callIndex, action, exceptions: [] }));
  const description = await createInMemoryModelHost().describe();
  const setup = { ...NO_SETUP, granularity, sites: sitesOfGranularity(description, granularity) };
  return { plan: { steps: 2, calls }, setup };
}

function unasked(): never {
  throw new ForecastError('internal', 'nobody should ask for this');
}

/** A run of a sidecar that is not there; what a test needs is replaced. */
function cacheRun(changes: Partial<CacheRun>): CacheRun {
  return {
    runId: 'r',
    policy: 'test()',
    plan: null,
    setup: NO_SETUP,
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
          const request = { ...key, site, input, output: null, keep: false, selection: null };
          const { output } = await host.forward(request);
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
    run: cacheRun(await planOf(granularity)),
    stream,
    route: createInlineRoute(),
    layout: transformerLayout(description),
    shape,
    onLostReport: unasked,
  });
  return { caller, messages };
}

describe('createInterceptCaller', () => {
  it('walks a full call site by site, to the same bits as the host alone', async () => {
    const { caller, messages } = await intercepted('module', []);
    const local = createLocalCaller(await openHost(), { shape });
    const { velocity, plan } = await caller.call({ callIndex: 0, t: 1, x }, signal);
    expect(velocity).toEqual((await local.call({ callIndex: 0, t: 1, x }, signal)).velocity);
    expect(plan.action).toEqual(FULL);
    expect(messages).toEqual(FULL_CALL);
  });

  it.each([
    ['module', BRANCHES, [['embed', 'modulation', ...BRANCHES], ['head']]],
    ['hidden', ['hidden'], [['embed', 'modulation', 'hidden'], ['head']]],
    ['output', ['output'], [['output']]],
    ['change', ['change'], [['change']]],
    ['residual', ['blocks.0-1'], [['embed', 'modulation', 'blocks.0-1'], ['head']]],
    [
      'block',
      ['blocks.0-0', 'blocks.1-1'],
      [['embed', 'modulation', 'blocks.0-0', 'blocks.1-1'], ['head']],
    ],
  ] as const)(
    'asks for a forecast call at granularity %s in as few messages as possible',
    async (granularity, sites, expected) => {
      const { caller, messages } = await intercepted(granularity, sites);
      await caller.call({ callIndex: 0, t: 1, x }, signal);
      const fullMessages = messages.splice(0);
      const { plan } = await caller.call({ callIndex: 1, t: 0.5, x }, signal);
      expect(plan.action).toEqual(REUSE);
      expect(messages).toEqual(expected);
      // What the client composes it sends once it is there; modules were forwarded anyway.
      const stored = granularity === 'module' ? [] : sites.map((site) => [site]);
      const names: readonly string[] = sites;
      const composed = fullMessages.filter(([site = '']) => names.includes(site));
      expect(granularity === 'module' ? [] : composed).toEqual(stored);
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
  async function planCaller(changes: Partial<CacheRun>, onLostReport: (error: unknown) => void) {
    const run = cacheRun({ ...(await planOf('module')), ...changes });
    const hostRun = await openHost(run.setup);
    return { caller: createPlanCaller({ run, hostRun, shape, onLostReport }), hostRun };
  }

  it('computes by the plan and reports what it did', async () => {
    const reports: unknown[] = [];
    const { caller } = await planCaller(
      {
        report: async ({ wallUs, ...report }) =>
          void reports.push({ ...report, isTimed: wallUs >= 0 }),
      },
      unasked,
    );
    await caller.call({ callIndex: 0, t: 1, x }, signal);
    expect((await caller.call({ callIndex: 1, t: 0.5, x }, signal)).plan.action).toEqual(REUSE);
    const same = { branch: 'joint', partial: 0, scalars: {}, isTimed: true };
    expect(reports).toEqual([
      { ...same, callIndex: 0, action: 'full', forwarded: 7, forecast: 0 },
      { ...same, callIndex: 1, action: 'reuse', forwarded: 3, forecast: 4 },
    ]);
  });

  it('goes on by the plan when reports are lost, and says so once', async () => {
    const lost: unknown[] = [];
    const report = async () => {
      throw new ForecastError('unavailable', 'gone');
    };
    const { caller } = await planCaller({ report }, (error) => lost.push(error));
    for (const callIndex of [0, 1]) await caller.call({ callIndex, t: 1, x }, signal);
    expect(lost).toHaveLength(1);
  });

  it('measures, asks, computes and reports in this order when there is no plan', async () => {
    const events: unknown[] = [];
    const probes = (['input-change', 'output-rate'] as const).map((kind) => {
      return { kind, count: 0, site: '' };
    });
    const { caller } = await planCaller(
      {
        plan: null,
        setup: { ...(await planOf('output')).setup, probes },
        decide: async ({ callIndex, scalars }) => {
          events.push(['decide', callIndex, Object.keys(scalars)]);
          const action = callIndex === 1 ? REUSE : FULL;
          return { callIndex, action, exceptions: [] };
        },
        report: async ({ callIndex, action, scalars }) => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          events.push(['report', callIndex, action, Object.keys(scalars).sort()]);
        },
      },
      unasked,
    );
    for (const callIndex of [0, 1, 2]) await caller.call({ callIndex, t: 1, x }, signal);
    expect(events).toEqual([
      ['decide', 0, []],
      ['report', 0, 'full', ['output-size']],
      ['decide', 1, ['input-change']],
      ['report', 1, 'reuse', []],
      ['decide', 2, ['input-change']],
      ['report', 2, 'full', ['input-span', 'output-change', 'output-size']],
    ]);
  });
});

describe('createProxyCaller', () => {
  it('sends the whole call and takes the answer', async () => {
    const plan = { callIndex: 1, action: REUSE, exceptions: [] };
    const run = cacheRun({ runNetwork: async ({ input }) => ({ output: input, plan }) });
    const caller = createProxyCaller({ run, route: createInlineRoute(), shape });
    expect(await caller.call({ callIndex: 1, t: 0.5, x }, signal)).toEqual({
      velocity: x,
      plan,
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
