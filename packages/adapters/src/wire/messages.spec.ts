import { ForecastError } from '@forecache/core';
import fc from 'fast-check';

import type { OpenRun, RunEvent, RunPlan, RunStatistics } from '../cache-client/cache-client.js';
import type { Action, CallPlan, RunSetup } from '../model-host/model-host.js';
import type { PlacedTensor } from '../tensor/tensor.js';
import { cacheServiceDefinition, modelHostServiceDefinition } from './definitions.js';
import { decodeDescription, encodeDescription } from './description-messages.js';
import {
  decodeInterceptAnswer,
  decodeInterceptCall,
  encodeInterceptAnswer,
  encodeInterceptCall,
} from './intercept-messages.js';
import {
  decodeBeginRun,
  decodeCallOutput,
  decodeCombine,
  decodeForward,
  decodeForwarded,
  decodeMeasure,
  decodeRunCall,
  encodeBeginRun,
  encodeCallOutput,
  encodeCombine,
  encodeForward,
  encodeForwarded,
  encodeMeasure,
  encodeRunCall,
} from './model-host-messages.js';
import {
  decodeCloseRun,
  decodeDecide,
  decodeNetworkOutput,
  decodeOpenedRun,
  decodeOpenRun,
  decodeReport,
  decodeRunNetwork,
  encodeCloseRun,
  encodeDecide,
  encodeNetworkOutput,
  encodeOpenedRun,
  encodeOpenRun,
  encodeReport,
  encodeRunNetwork,
} from './run-messages.js';
import {
  decodePolicy,
  decodeRunEvent,
  decodeRunStatistics,
  decodeSidecarStatistics,
  encodePolicy,
  encodeRunEvent,
  encodeRunStatistics,
  encodeSidecarStatistics,
} from './statistics-messages.js';
import { NO_SETUP } from './setup-messages.js';

interface Codec<Message, Received> {
  readonly serialize: (message: Message) => Buffer;
  readonly deserialize: (bytes: Buffer) => Received;
}

function overTheWire<Message, Received>(
  { serialize, deserialize }: Codec<Message, Received>,
  message: Message,
): Received {
  return deserialize(serialize(message));
}

const cache = cacheServiceDefinition();
const host = modelHostServiceDefinition();

function requestOf<Message, Received>(method: {
  requestSerialize: (message: Message) => Buffer;
  requestDeserialize: (bytes: Buffer) => Received;
}): Codec<Message, Received> {
  return { serialize: method.requestSerialize, deserialize: method.requestDeserialize };
}

function responseOf<Message, Received>(method: {
  responseSerialize: (message: Message) => Buffer;
  responseDeserialize: (bytes: Buffer) => Received;
}): Codec<Message, Received> {
  return { serialize: method.responseSerialize, deserialize: method.responseDeserialize };
}

const REGION = { name: 'run-1', offset: 64, byteLength: 8 };
const INLINE: PlacedTensor = {
  dtype: 'float32',
  shape: [2],
  place: 'inline',
  bytes: Buffer.from([0, 0, 128, 63, 0, 0, 0, 64]),
};
const HANDLE = { hostId: 'host', id: 7 };
const KEY = { runId: 'run-1', branch: 'cond', callIndex: 4 };

const SELECTION = { tokens: 12, stalenessWeight: 0.25, grid: 2, gridBonus: 0.6 };
const SETUP: RunSetup = {
  granularity: 'residual',
  sites: ['blocks.4-7'],
  historySize: 3,
  tokenCache: { sites: ['blocks.0.mlp'], score: 'value-norm' },
  probes: [
    { kind: 'first-blocks-change', count: 4, site: '' },
    { kind: 'feature-change', count: 0, site: 'blocks.2.attention' },
  ],
};

const numbers = fc.double({ noNaN: true, min: -1e30, max: 1e30 });
const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>({ kind: 'full' }),
  fc.constant<Action>({ kind: 'reuse' }),
  fc
    .array(numbers, { minLength: 1, maxLength: 9 })
    .map((weights): Action => ({ kind: 'forecast', weights })),
  fc
    .record({
      tokens: fc.nat(),
      stalenessWeight: fc.double({ noNaN: true, min: 0, max: 1e30 }),
      grid: fc.nat(),
      gridBonus: fc.double({ noNaN: true, min: 0, max: 1e30 }),
    })
    .map((selection): Action => ({ kind: 'partial', selection })),
);
const plans: fc.Arbitrary<CallPlan> = fc.record({
  callIndex: fc.nat(),
  action: actions,
  exceptions: fc.uniqueArray(fc.record({ site: fc.constantFrom('a', 'b', 'c'), action: actions }), {
    selector: ({ site }) => site,
  }),
});

describe('every message of the model host comes back as it was', () => {
  it('description', () => {
    const image = { dtype: 'float32', shape: [1, 2] } as const;
    const description = {
      hostId: 'h',
      model: 'demo',
      sites: [
        {
          name: 'blocks.3.mlp',
          kind: 'mlp',
          block: 3,
          input: image,
          output: image,
          flops: 2 ** 45,
          isForwardable: true,
        },
        {
          name: 'output',
          kind: 'output',
          block: 0,
          input: null,
          output: image,
          flops: 0,
          isForwardable: false,
        },
      ],
      input: image,
      output: image,
      conditioning: [{ name: 'label', type: { dtype: 'int64', shape: [] } }],
    } as const;
    const message = overTheWire(responseOf(host.Describe), encodeDescription(description));
    expect(decodeDescription(message)).toEqual(description);
  });

  it.each([SETUP, NO_SETUP])('begin run, setup %#', (setup) => {
    const request = {
      runId: 'run-1',
      branches: [{ branch: 'cond', batch: 2, tensors: [{ name: 'label', tensor: INLINE }] }],
      timesteps: [1, 0.5],
      sharedDirectory: '/dev/shm/forecache-0123456789abcdef',
      setup,
    };
    const message = overTheWire(requestOf(host.BeginRun), encodeBeginRun(request));
    expect(decodeBeginRun(message)).toEqual(request);
  });

  it.each([
    { input: INLINE, output: REGION, keep: true, selection: SELECTION },
    { input: null, output: null, keep: false, selection: null },
  ])('forward %#', (change) => {
    const request = { ...KEY, site: 'embed', ...change };
    const message = overTheWire(requestOf(host.Forward), encodeForward(request));
    expect(decodeForward(message)).toEqual(request);
  });

  it.each([HANDLE, null])('forwarded, kept %j', (kept) => {
    const answer = { output: INLINE, kept };
    const message = overTheWire(responseOf(host.Forward), encodeForwarded(answer));
    expect(decodeForwarded(message)).toEqual(answer);
  });

  it('combine', () => {
    const request = {
      runId: 'run-1',
      handles: [HANDLE],
      weights: [-0.5],
      output: REGION,
      release: [HANDLE],
    };
    const message = overTheWire(requestOf(host.Combine), encodeCombine(request));
    expect(decodeCombine(message)).toEqual(request);
  });

  it('run call, whatever the plan', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const request = {
          runId: 'run-1',
          branch: 'cond',
          plan,
          input: INLINE,
          output: null,
        };
        const message = overTheWire(requestOf(host.RunCall), encodeRunCall(request));
        expect(decodeRunCall(message)).toEqual(request);
      }),
      { numRuns: 50 },
    );
  });

  it('run call without an input, which follows a measure', () => {
    const plan = { callIndex: 2, action: { kind: 'full' }, exceptions: [] } as const;
    const request = { runId: 'run-1', branch: 'cond', plan, input: null, output: REGION };
    const message = overTheWire(requestOf(host.RunCall), encodeRunCall(request));
    expect(decodeRunCall(message)).toEqual(request);
  });

  it('measure', () => {
    const request = { ...KEY, input: INLINE };
    const message = overTheWire(requestOf(host.Measure), encodeMeasure(request));
    expect(decodeMeasure(message)).toEqual(request);
  });

  it('call output', () => {
    const scalars = { 'gram.0.0': 1e-300, 'feature-change': 0 };
    const answer = { output: INLINE, forwarded: 19, forecast: 0, partial: 3, scalars };
    const message = overTheWire(responseOf(host.RunCall), encodeCallOutput(answer));
    expect(decodeCallOutput(message)).toEqual(answer);
  });
});

const OPEN_RUN: OpenRun = {
  mode: 'intercept',
  policy: { name: 'taylorseer', options: { interval: '5' } },
  granularity: 'output',
  run: {
    steps: 2,
    calls: 3,
    timesteps: [1, 0.5, 0],
    sigmas: [],
    network: { blocks: 1, sites: [{ name: 'a', kind: 'cross-attention', block: 0, tokens: 7 }] },
  },
  branches: [{ branch: 'cond', batch: 2, tensors: [{ name: 'label', tensor: INLINE }] }],
  model: 'demo',
  sharedBytes: 2 ** 33,
  historyPlace: 'host',
  client: 'test',
};

const PLAN: RunPlan = {
  steps: 2,
  calls: [
    { callIndex: 0, action: { kind: 'full' }, exceptions: [] },
    { callIndex: 1, action: { kind: 'reuse' }, exceptions: [] },
  ],
};

const STATISTICS: RunStatistics = {
  runId: 'run-1',
  policy: 'fora(interval=2)',
  client: 'test',
  outcome: 'open',
  fullCalls: 1,
  forecastCalls: 2,
  forwarded: 3,
  forecast: 4,
  stored: 5,
  partial: 9,
  peakBytes: 2 ** 40,
  wallUs: 6,
  hostUs: 7,
  forecastUs: 8,
  sites: [{ site: 'embed', forwarded: 1, forecast: 0, stored: 0, partial: 2 }],
};

describe('every message of the cache service comes back as it was', () => {
  it.each([
    {},
    { granularity: null },
    { run: { ...OPEN_RUN.run, network: null } },
  ] satisfies Partial<OpenRun>[])('open run %#', (change) => {
    const request = { ...OPEN_RUN, ...change };
    const message = overTheWire(requestOf(cache.OpenRun), encodeOpenRun(request));
    expect(decodeOpenRun(message)).toEqual(request);
  });

  it.each([PLAN, null])('opened run, plan %#', (plan) => {
    const opened = {
      runId: 'run-1',
      policy: 'fora(interval=2)',
      plan,
      setup: SETUP,
      ttlMs: 60_000,
      sharedDirectory: '/dev/shm/forecache-0123456789abcdef',
      sharedName: 'run-1',
      warnings: ['nothing will be skipped: interval is 1'],
    };
    const message = overTheWire(responseOf(cache.OpenRun), encodeOpenedRun(opened));
    expect(decodeOpenedRun(message)).toEqual(opened);
  });

  it('decide', () => {
    const request = { ...KEY, scalars: { delta: 0.25 } };
    const message = overTheWire(requestOf(cache.Decide), encodeDecide(request));
    expect(decodeDecide(message)).toEqual(request);
  });

  it('feature calls and answers of every kind', () => {
    const call = {
      ...KEY,
      sequence: 9,
      features: [
        { site: 'embed', value: { kind: 'input', tensor: INLINE }, output: REGION },
        { site: 'hidden', value: { kind: 'computed', tensor: INLINE }, output: null },
        { site: 'blocks.0.mlp', value: { kind: 'none' }, output: null },
      ],
    } as const;
    const message = overTheWire(requestOf(cache.Intercept), encodeInterceptCall(call));
    expect(decodeInterceptCall(message)).toEqual(call);

    const answer = {
      sequence: 9,
      features: [
        { site: 'embed', source: 'forwarded', output: INLINE },
        { site: 'hidden', source: 'stored', output: null },
        { site: 'x', source: 'forecast', output: INLINE },
        { site: 'y', source: 'compute', output: null },
        { site: 'z', source: 'partial', output: INLINE },
      ],
    } as const;
    const back = overTheWire(responseOf(cache.Intercept), encodeInterceptAnswer(answer));
    expect(decodeInterceptAnswer(back)).toEqual(answer);
  });

  it('an answered error keeps code and message', () => {
    const error = new ForecastError('not-found', 'run x is not open');
    const message = encodeInterceptAnswer({ sequence: 3, error });
    const back = decodeInterceptAnswer(overTheWire(responseOf(cache.Intercept), message));
    expect(back).toMatchObject({
      sequence: 3,
      error: { code: 'not-found', message: 'run x is not open' },
    });
  });

  it('run network', () => {
    const request = { ...KEY, input: INLINE, output: REGION };
    const message = overTheWire(requestOf(cache.RunNetwork), encodeRunNetwork(request));
    expect(decodeRunNetwork(message)).toEqual(request);
    const action = { kind: 'forecast', weights: [2, -1] } as const;
    const answer = { output: INLINE, plan: { callIndex: 4, action, exceptions: [] } };
    const back = overTheWire(responseOf(cache.RunNetwork), encodeNetworkOutput(answer));
    expect(decodeNetworkOutput(back)).toEqual(answer);
  });

  it('report and close', () => {
    const counts = { forwarded: 1, forecast: 2, partial: 4, wallUs: 3 };
    const scalars = { 'output-size': 0.5 };
    const report = { ...KEY, ...counts, action: 'partial', scalars } as const;
    expect(decodeReport(overTheWire(requestOf(cache.Report), encodeReport(report)))).toEqual(
      report,
    );
    const closing = { runId: 'run-1', outcome: 'interrupted' } as const;
    const message = overTheWire(requestOf(cache.CloseRun), encodeCloseRun(closing));
    expect(decodeCloseRun(message)).toEqual(closing);
  });

  it('statistics of a run', () => {
    const message = { statistics: encodeRunStatistics(STATISTICS) };
    const { statistics } = overTheWire(responseOf(cache.CloseRun), message);
    expect(decodeRunStatistics(statistics, 'statistics')).toEqual(STATISTICS);
  });

  const events: readonly RunEvent[] = [
    { kind: 'opened', runId: 'run-1', policy: 'full', calls: 3, client: 'test' },
    { kind: 'call', runId: 'run-1', branch: 'cond', callIndex: 1, action: 'forecast' },
    { kind: 'closed', runId: 'run-1', statistics: STATISTICS },
  ];
  it.each(events)('event $kind', (event) => {
    const message = overTheWire(responseOf(cache.WatchRuns), encodeRunEvent(event));
    expect(decodeRunEvent(message)).toEqual(event);
  });

  it('policies', () => {
    const policy = {
      name: 'fora',
      summary: 'Reuse.',
      options: [
        {
          name: 'interval',
          aliases: ['N'],
          defaultValue: '3',
          rule: 'an integer >= 1',
          summary: 'A full call every N.',
        },
      ],
    };
    const message = { policies: [encodePolicy(policy)] };
    const { policies } = overTheWire(responseOf(cache.ListPolicies), message);
    expect(policies.map(decodePolicy)).toEqual([policy]);
  });

  it('counters of the sidecar', () => {
    const statistics = {
      runsOpened: 1,
      runsClosed: 2,
      runsExpired: 3,
      runsOpen: 4,
      bytesHeld: 5,
      forwarded: 6,
      forecast: 7,
      errors: { NOT_FOUND: 8 },
      uptimeUs: 2 ** 50,
    };
    const message = encodeSidecarStatistics(statistics);
    const back = overTheWire(responseOf(cache.GetStatistics), message);
    expect(decodeSidecarStatistics(back)).toEqual(statistics);
  });
});

describe('defaults', () => {
  it('an OpenRun in plan mode needs a policy and steps', () => {
    const message = { policy: { name: 'full' }, run: { steps: 50 } };
    expect(decodeOpenRun(overTheWire(requestOf(cache.OpenRun), message))).toEqual({
      mode: 'plan',
      policy: { name: 'full', options: {} },
      granularity: null,
      run: { steps: 50, calls: 50, timesteps: [], sigmas: [], network: null },
      branches: [{ branch: 'joint', batch: 1, tensors: [] }],
      model: '',
      sharedBytes: 0,
      historyPlace: 'sidecar',
      client: '',
    });
  });

  it('a BeginRun without a setup keeps nothing', () => {
    const message = { runId: 'a', branches: [{ branch: 'x', batch: 1 }] };
    expect(decodeBeginRun(overTheWire(requestOf(host.BeginRun), message)).setup).toBe(NO_SETUP);
  });

  it('a setup without a history size keeps one feature of each of its sites, as modules', () => {
    const message = {
      runId: 'a',
      branches: [{ branch: 'x', batch: 1 }],
      setup: { sites: ['s'], tokenCache: { sites: ['t'] } },
    };
    const { setup } = decodeBeginRun(overTheWire(requestOf(host.BeginRun), message));
    expect(setup).toEqual({
      ...NO_SETUP,
      sites: ['s'],
      historySize: 1,
      tokenCache: { sites: ['t'], score: 'influence' },
    });
  });

  it('an action that is not set is full', () => {
    const message = {
      runId: 'a',
      plan: { callIndex: 2 },
      input: { dtype: 1 as const, inline: '' },
    };
    const { plan } = overTheWire(requestOf(host.RunCall), message);
    expect(plan?.action).toBeNull();
    const answer = overTheWire(responseOf(cache.RunNetwork), {
      output: { dtype: 'DTYPE_FLOAT16', inline: Buffer.alloc(2) },
      plan: { callIndex: 2 },
    });
    expect(decodeNetworkOutput(answer).plan.action).toEqual({ kind: 'full' });
  });
});

describe('messages that are refused, naming field, value and rule', () => {
  const open = (change: object) => () =>
    decodeOpenRun(
      overTheWire(requestOf(cache.OpenRun), {
        policy: { name: 'full' },
        run: { steps: 2 },
        ...change,
      }),
    );
  const intercept = (change: object) => () =>
    decodeInterceptCall(
      overTheWire(requestOf(cache.Intercept), { runId: 'a', features: [{ site: 'x' }], ...change }),
    );
  const runCall = (plan: object | null) => () =>
    decodeRunCall(
      overTheWire(requestOf(host.RunCall), {
        runId: 'a',
        plan,
        input: { dtype: 'DTYPE_FLOAT16', inline: Buffer.alloc(2) },
      }),
    );
  const forecast = (weights: readonly number[]) => ({ kind: 2, weights: [...weights] });
  const partial = (selection: object | null) => runCall({ action: { kind: 4, selection } });
  const setup = (change: object) => () =>
    decodeBeginRun(
      overTheWire(requestOf(host.BeginRun), {
        runId: 'a',
        branches: [{ branch: 'x', batch: 1 }],
        setup: change,
      }),
    );
  const shape = (site: object) =>
    open({ run: { steps: 2, network: { blocks: 1, sites: [{ name: 'a', kind: 3, ...site }] } } });
  const branch = (name: string) => ({ branch: name, batch: 1 });

  const cases: readonly [string, () => unknown, string][] = [
    ['no policy', open({ policy: null }), 'policy must be set, got null'],
    ['no run', open({ run: null }), 'run must be set, got null'],
    ['no steps', open({ run: { steps: 0 } }), 'run.steps must be an integer >= 1, got 0'],
    [
      'too few timesteps',
      open({ run: { steps: 2, timesteps: [1] } }),
      'run.timesteps.length must be 0 or the number of calls (2), got 1',
    ],
    [
      'a timestep that is no number',
      open({ run: { steps: 1, timesteps: [NaN] } }),
      'run.timesteps[0] must be finite, got NaN',
    ],
    [
      'a mode from the future',
      open({ mode: 77 }),
      'mode must be one of RUN_MODE_PLAN, RUN_MODE_INTERCEPT, RUN_MODE_PROXY, got 77',
    ],
    ['no branch in intercept mode', open({ mode: 2 }), 'branches must be 1 to 8 branches, got 0'],
    [
      'a branch without a batch in proxy mode',
      open({ mode: 3, branches: [{ branch: 'cond' }] }),
      'branches[0].batch must be an integer >= 1, got 0',
    ],
    [
      'a branch twice',
      open({ branches: [branch('a'), branch('a')] }),
      'branches[1].branch must be named once, got "a"',
    ],
    [
      'a branch with a blank in its name',
      open({ branches: [branch('a b')] }),
      'branches[0].branch must be 1 to 64 characters of [A-Za-z0-9_.-], got "a b"',
    ],
    [
      'too long a client',
      open({ client: 'x'.repeat(129) }),
      'client must be at most 128 characters long, got 129',
    ],
    [
      'more shared bytes than a number can count',
      open({ sharedBytes: 2 ** 60 }),
      'shared_bytes must be an integer in 0..2^53 - 1, got 1152921504606847000',
    ],
    [
      'a run id that is a path',
      intercept({ runId: '../x' }),
      'run_id must be 1 to 64 characters of [a-z0-9-], got "../x"',
    ],
    [
      'no feature calls',
      intercept({ features: [] }),
      'features must be 1 to 4096 feature calls, got 0',
    ],
    [
      'a site without a name',
      intercept({ features: [{ site: 'x' }, { site: '' }] }),
      'features[1].site must be 1 to 64 characters of [A-Za-z0-9_.-], got ""',
    ],
    [
      'a bad tensor in the third feature call',
      intercept({
        features: [{ site: 'x' }, { site: 'y' }, { site: 'z', input: { dtype: 1, shape: [1] } }],
      }),
      'features[2].input must be in exactly one place (inline, region or handle), got 0',
    ],
    ['no plan', runCall(null), 'plan must be set, got null'],
    [
      'a forecast without weights',
      runCall({ action: forecast([]) }),
      'plan.action.weights must be 1 to 9 numbers, got 0',
    ],
    [
      'ten weights',
      runCall({ action: forecast([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) }),
      'plan.action.weights must be 1 to 9 numbers, got 10',
    ],
    [
      'a weight that is infinite in float32',
      runCall({ action: forecast([1, 1e39]) }),
      'plan.action.weights[1] must be finite in float32, got 1e+39',
    ],
    [
      'weights of a reuse',
      runCall({ exceptions: [{ site: 'a', action: { kind: 3, weights: [1] } }] }),
      'plan.exceptions[0].action.weights must be empty when kind is reuse, got [1]',
    ],
    [
      'a partial action without a selection',
      partial(null),
      'plan.action.selection must be set, got null',
    ],
    [
      'a selection of a full action',
      runCall({ action: { kind: 1, selection: { tokens: 1 } } }),
      'plan.action.selection must be unset when kind is full, got "set"',
    ],
    [
      'a staleness weight below zero',
      partial({ stalenessWeight: -0.25 }),
      'plan.action.selection.staleness_weight must be a finite number >= 0, got -0.25',
    ],
    [
      'a grid bonus that is no number',
      partial({ gridBonus: NaN }),
      'plan.action.selection.grid_bonus must be a finite number >= 0, got NaN',
    ],
    [
      'a granularity from the future',
      setup({ granularity: 99 }),
      'setup.granularity must be one of GRANULARITY_MODULE, GRANULARITY_BLOCK, GRANULARITY_HIDDEN, GRANULARITY_OUTPUT, GRANULARITY_RESIDUAL, GRANULARITY_CHANGE, got 99',
    ],
    [
      'a kept site without a name',
      setup({ sites: ['a', ''] }),
      'setup.sites[1] must be 1 to 64 characters of [A-Za-z0-9_.-], got ""',
    ],
    [
      'a kept site twice',
      setup({ sites: ['a', 'a'] }),
      'setup.sites[1] must be named once, got "a"',
    ],
    [
      'a cached site twice',
      setup({ tokenCache: { sites: ['a', 'a'] } }),
      'setup.token_cache.sites[1] must be named once, got "a"',
    ],
    [
      'a token score from the future',
      setup({ tokenCache: { sites: ['a'], score: 9 } }),
      'setup.token_cache.score must be one of TOKEN_SCORE_INFLUENCE, TOKEN_SCORE_VALUE_NORM, TOKEN_SCORE_RANDOM, got 9',
    ],
    [
      'a probe without a kind',
      setup({ probes: [{ kind: 3 }, {}] }),
      'setup.probes[1].kind must be one of PROBE_KIND_MODULATED_INPUT_CHANGE, PROBE_KIND_CONDITIONING_CHANGE, PROBE_KIND_INPUT_CHANGE, PROBE_KIND_FIRST_BLOCKS_CHANGE, PROBE_KIND_OUTPUT_RATE, PROBE_KIND_FEATURE_CHANGE, PROBE_KIND_FEATURE_MOTION, PROBE_KIND_FEATURE_GRAM, got "PROBE_KIND_UNSPECIFIED"',
    ],
    [
      'a module of a block that is not there',
      shape({ block: 1, tokens: 4 }),
      'run.network.sites[0].block must be an integer < blocks (1), got 1',
    ],
    [
      'a module without tokens',
      shape({ tokens: 0 }),
      'run.network.sites[0].tokens must be an integer >= 1, got 0',
    ],
    [
      'a site of a network that is no module',
      shape({ kind: 6, tokens: 1 }),
      'run.network.sites[0].kind must be one of SITE_KIND_ATTENTION, SITE_KIND_CROSS_ATTENTION, SITE_KIND_MLP, SITE_KIND_SINGLE, got "SITE_KIND_HIDDEN"',
    ],
    [
      'a scalar that is infinite',
      () =>
        decodeDecide(
          overTheWire(requestOf(cache.Decide), { runId: 'a', scalars: { delta: Infinity } }),
        ),
      'scalars.delta must be finite, got Infinity',
    ],
    [
      'a measure without an input',
      () => decodeMeasure(overTheWire(requestOf(host.Measure), { runId: 'a' })),
      'input must be set, got null',
    ],
    [
      'a site twice',
      runCall({ exceptions: [{ site: 'a' }, { site: 'a' }] }),
      'plan.exceptions[1].site must be named once, got "a"',
    ],
  ];

  it.each(cases)('%s', (_, decode, message) => {
    expect(decode).toThrow(new ForecastError('invalid-argument', message));
  });

  it('a feature call with input and computed, which only hostile bytes can say', () => {
    const { requestSerialize, requestDeserialize } = cache.Intercept;
    const one = (value: object) =>
      requestSerialize({ runId: 'a', features: [{ site: 'x', ...value }] });
    const tensor = { dtype: 'DTYPE_FLOAT16', inline: Buffer.alloc(2) } as const;
    const message = requestDeserialize(one({ input: tensor }));
    const [feature] = message.features;
    if (feature === undefined) throw new Error('the feature got lost');
    const { computed } = requestDeserialize(one({ computed: tensor })).features[0] ?? {};
    const both = { ...message, features: [{ ...feature, computed: computed ?? null }] };
    expect(() => decodeInterceptCall(both)).toThrow(
      'features[0] must be given either input or computed, got "both"',
    );
  });
});
