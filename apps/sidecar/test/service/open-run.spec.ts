import { createInMemoryModelHost, type NetworkShape, type OpenRun } from '@forecache/adapters';
import { listAllPolicies } from '../../src/presets/all-policies.js';
import { ForecastError, invalidArgument } from '@forecache/core';
import { pino } from 'pino';
import { accumulatingPolicy, fakePolicy } from './fake-policies.js';
import {
  branch,
  image,
  inline,
  request,
  startFixture,
  timesteps,
  type Fixture,
} from './fixture.js';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.close());

function steps(calls: number, over: Partial<OpenRun['run']> = {}): OpenRun['run'] {
  return { steps: calls, calls, timesteps: timesteps(calls), sigmas: [], network: null, ...over };
}

const POLICY_NAMES = listAllPolicies()
  .map(({ name }) => name)
  .join(', ');

const SMALL_NETWORK: NetworkShape = {
  blocks: 1,
  sites: [{ name: 'blocks.0.mlp', kind: 'mlp', block: 0, tokens: 3 }],
};

describe('a run is refused with the name, the value and the rule', () => {
  const cases: readonly [string, Partial<OpenRun>, string, string][] = [
    [
      'unknown policy',
      { policy: { name: 'magic', options: {} } },
      'invalid-argument',
      `policy must be one of ${POLICY_NAMES}, got "magic"`,
    ],
    [
      'timesteps of another length',
      { run: steps(10, { timesteps: [1, 0.5] }) },
      'invalid-argument',
      'run.timesteps.length must be 0 or the number of calls (10), got 2',
    ],
    [
      'timesteps that turn',
      { run: steps(3, { timesteps: [1, 0.5, 0.6] }) },
      'invalid-argument',
      'run.timesteps must be strictly monotone, got "0.5 before 0.6 at call 2"',
    ],
    [
      'timesteps that repeat',
      { run: steps(2, { timesteps: [1, 1] }) },
      'invalid-argument',
      'run.timesteps must be strictly monotone, got "1 before 1 at call 1"',
    ],
    [
      'a timestep that is not a number',
      { run: steps(2, { timesteps: [1, NaN] }) },
      'invalid-argument',
      'run.timesteps[1] must be finite, got NaN',
    ],
    [
      'no timesteps for a model host',
      { run: steps(10, { timesteps: [] }) },
      'invalid-argument',
      'run.timesteps must be set in mode intercept: the model host needs them, got []',
    ],
    [
      'no steps',
      { run: steps(0, { timesteps: [] }) },
      'invalid-argument',
      'run.steps must be an integer >= 1, got 0',
    ],
    [
      'more calls than a plan may have',
      { run: { steps: 4e9, calls: 4e9, timesteps: [], sigmas: [], network: null }, mode: 'plan' },
      'resource-exhausted',
      'run.steps must be at most 10000 (maxCalls), got 4000000000',
    ],
    [
      'shared memory in plan mode',
      { mode: 'plan', sharedBytes: 64 },
      'invalid-argument',
      'shared_bytes must be 0 in mode plan, where no tensor moves, got 64',
    ],
    [
      'a host history in plan mode',
      { mode: 'plan', historyPlace: 'host' },
      'invalid-argument',
      'history_place must be sidecar in mode plan, got "host"',
    ],
    [
      'a host history of something that is not forwarded',
      { historyPlace: 'host', granularity: 'hidden' },
      'invalid-argument',
      'history_place must be sidecar: the model host does not compute "hidden" by itself and cannot keep it, got "host"',
    ],
    [
      'a network for a run that has a model host',
      { run: steps(10, { network: SMALL_NETWORK }) },
      'invalid-argument',
      'run.network must be unset in mode intercept, where the model host says it, got "one of 1 blocks"',
    ],
    [
      'a network that names a module twice',
      {
        mode: 'plan',
        run: steps(10, {
          network: { blocks: 1, sites: [...SMALL_NETWORK.sites, ...SMALL_NETWORK.sites] },
        }),
      },
      'invalid-argument',
      'run.network.sites[1].name must be named once, got "blocks.0.mlp"',
    ],
    [
      'a network of more blocks than any has',
      { mode: 'plan', run: steps(10, { network: { ...SMALL_NETWORK, blocks: 4e9 } }) },
      'resource-exhausted',
      'run.network.blocks must be at most 4096 (maxSites), got 4000000000',
    ],
    [
      'a model nobody serves',
      { model: 'flux' },
      'not-found',
      'model must be one of [in-memory], got "flux"',
    ],
    [
      'a policy that changes the number of calls of a run with a host',
      { policy: { name: 'fewer-steps', options: { steps: '5' } } },
      'invalid-argument',
      'policy must be one that keeps the run\'s 10 calls in mode intercept, got "fewer-steps(steps=5) with 5"',
    ],
    [
      'conditioning that is not inline',
      {
        branches: [
          {
            branch: 'joint',
            batch: 1,
            tensors: [
              {
                name: 'label',
                tensor: {
                  dtype: 'int64',
                  shape: [1],
                  place: 'region',
                  region: { name: 'run-other', offset: 0, byteLength: 8 },
                },
              },
            ],
          },
        ],
      },
      'invalid-argument',
      'branches[0].tensors[0].tensor must be inline: the run has no shared memory yet, got "region"',
    ],
  ];

  test.each(cases)('%s', async (...given) => {
    const [, over, code, message] = given;
    await expect(fixture.client.openRun(request(over))).rejects.toMatchObject({ code, message });
    expect(await fixture.client.statistics()).toMatchObject({ runsOpen: 0, bytesHeld: 0 });
    expect(fixture.sharedFiles()).toEqual([]);
  });

  const options: readonly [Record<string, string>, RegExp][] = [
    [{ interval: '0' }, /interval must be an integer .*, got /],
    [{ order: '9' }, /order must be an integer .*, got /],
    [{ order: 'NaN' }, /order must be an integer .*, got /],
    [{ speed: 'fast' }, /speed/],
  ];
  test.each(options)('policy options %j', async (given, message) => {
    const policy = { name: 'taylorseer', options: given };
    await expect(fixture.client.openRun(request({ policy }))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    });
  });
});

test('plan mode needs no model host; the others say that there is none', async () => {
  const alone = await startFixture({ hosts: [] });
  try {
    const run = await alone.client.openRun(request({ mode: 'plan', branches: [] }));
    expect(run.plan?.calls).toHaveLength(10);
    await expect(alone.client.openRun(request())).rejects.toMatchObject({
      code: 'failed-precondition',
      message:
        'this sidecar has no model host: runs of mode intercept and proxy need one (--model-host)',
    });
    expect(await alone.client.listModels()).toEqual([]);
  } finally {
    await alone.close();
  }
});

describe('the setup of a run', () => {
  const MODULES = ['blocks.0.attention', 'blocks.0.mlp', 'blocks.1.attention', 'blocks.1.mlp'];

  test.each(['intercept', 'proxy'] as const)(
    'in mode %s names every kept site, as the model host has them',
    async (mode) => {
      const { client } = fixture;
      const { setup, policy } = await client.openRun(request({ mode }));
      expect(setup).toEqual({
        granularity: 'module',
        sites: MODULES,
        historySize: 3,
        tokenCache: null,
        probes: [],
      });
      expect(policy).toBe('taylorseer(interval=3, order=2, warmup=2)');
      const blocks = await client.openRun(request({ mode, granularity: 'block' }));
      expect(blocks.setup.sites).toEqual(['blocks.0-0', 'blocks.1-1']);
    },
  );

  test('in plan mode names the sites of the network that the client describes', async () => {
    const run = steps(10, { network: SMALL_NETWORK });
    const { setup } = await fixture.client.openRun(request({ mode: 'plan', run }));
    expect(setup.sites).toEqual(['blocks.0.mlp']);
  });

  test('in plan mode without a network names none: every site of the granularity is meant', async () => {
    const { setup } = await fixture.client.openRun(
      request({ mode: 'plan', granularity: 'hidden' }),
    );
    expect(setup).toMatchObject({ granularity: 'hidden', sites: [], historySize: 3 });
  });

  test('of a run that skips nothing keeps nothing', async () => {
    const policy = { name: 'taylorseer', options: { interval: '1' } };
    const { setup } = await fixture.client.openRun(request({ policy }));
    expect(setup).toMatchObject({ sites: [], historySize: 1, tokenCache: null });
  });

  test('needs a network where the policy does, and says so', async () => {
    const needy = () =>
      fakePolicy({
        setup({ network }) {
          if (network === undefined) {
            throw invalidArgument('network', 'the modules that fake needs', undefined);
          }
          return { sites: [], tokenCache: null, probes: [] };
        },
      });
    const own = await startFixture({ overrides: { createPolicy: needy } });
    try {
      await expect(own.client.openRun(request({ mode: 'plan' }))).rejects.toMatchObject({
        code: 'invalid-argument',
        message: 'network must be the modules that fake needs, got undefined',
      });
      const run = steps(10, { network: SMALL_NETWORK });
      await expect(own.client.openRun(request({ mode: 'plan', run }))).resolves.toBeDefined();
      await expect(own.client.openRun(request())).resolves.toBeDefined();
    } finally {
      await own.close();
    }
  });

  test('takes the history of a policy that decides call by call from the policy', async () => {
    const createPolicy = () => accumulatingPolicy(0.1);
    const own = await startFixture({ overrides: { createPolicy } });
    try {
      const { setup, plan, policy } = await own.client.openRun(request());
      expect(plan).toBeNull();
      expect(policy).toBe('accumulating(threshold=0.1)');
      expect(setup).toMatchObject({ granularity: 'residual', sites: ['blocks.0-1'] });
      expect(setup.historySize).toBe(1);
      expect(setup.probes.map(({ kind }) => kind)).toEqual([
        'modulated-input-change',
        'output-rate',
      ]);
    } finally {
      await own.close();
    }
  });
});

test.each(['intercept', 'proxy'] as const)(
  'mode %s refuses what the model cannot measure, whoever is to measure it',
  async (mode) => {
    // The in-memory network has 3 tokens.
    const setup = { sites: [], tokenCache: null };
    const probes = [{ kind: 'feature-motion', site: 'blocks.0.attention', count: 2 }] as const;
    const createPolicy = () =>
      fakePolicy({ asksAt: 'call-start', setup: () => ({ ...setup, probes }) });
    const own = await startFixture({ overrides: { createPolicy } });
    try {
      await expect(own.client.openRun(request({ mode }))).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining(
          "setup.probes[0].count must be tokens of a frame: a divisor of the site's 3 tokens",
        ),
      });
      expect(await own.client.statistics()).toMatchObject({ runsOpen: 0, bytesHeld: 0 });
    } finally {
      await own.close();
    }
  },
);

test('calls default to steps', async () => {
  const run = { steps: 6, calls: 0, timesteps: [], sigmas: [], network: null };
  const opened = await fixture.client.openRun(request({ mode: 'plan', run }));
  expect(opened.plan?.calls).toHaveLength(6);
});

test('a plan that skips nothing warns the client and the log, with the reason', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn', base: null }, { write: (line) => void lines.push(line) });
  const own = await startFixture({ logger });
  try {
    const policy = { name: 'taylorseer', options: { interval: '1' } };
    const run = await own.client.openRun(request({ policy }));
    expect(run.warnings).toEqual(['nothing will be skipped: interval is 1']);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(run.warnings);
  } finally {
    await own.close();
  }
});

test('the only model is meant when none is named; of two, one must be named', async () => {
  const first = createInMemoryModelHost();
  const described = await first.describe();
  const second = createInMemoryModelHost({ depth: 1 });
  const renamed = {
    ...second,
    describe: async () => ({ ...(await second.describe()), model: 'small' }),
  };
  const two = await startFixture({
    hosts: [
      { host: first, address: 'first', sharesFiles: true },
      { host: renamed, address: 'second', sharesFiles: true },
    ],
  });
  try {
    await expect(two.client.openRun(request())).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'model must be one of [in-memory, small], got ""',
    });
    await expect(two.client.openRun(request({ model: 'small' }))).resolves.toBeDefined();
    const models = await two.client.listModels();
    expect(models.map(({ model }) => model)).toEqual([described.model, 'small']);
  } finally {
    await two.close();
  }
});

test('when the host refuses a run, nothing is left behind', async () => {
  const refused = request({ branches: [branch('joint', [99n])], sharedBytes: 4096 });
  await expect(fixture.client.openRun(refused)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/^model host embedded: .*label/),
  });
  expect(fixture.sharedFiles()).toEqual([]);
  const statistics = await fixture.client.statistics();
  expect(statistics).toMatchObject({ runsOpen: 0, runsOpened: 0, bytesHeld: 0 });
  expect(statistics.errors).toEqual({ INVALID_ARGUMENT: 1 });
});

describe('limits', () => {
  test('maxRuns', async () => {
    const own = await startFixture({ limits: { maxRuns: 1 } });
    try {
      const first = await own.client.openRun(request());
      await expect(own.client.openRun(request())).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'open runs must be at most 1 (maxRuns), got 2',
      });
      await first.close('ok');
      await expect(own.client.openRun(request())).resolves.toBeDefined();
    } finally {
      await own.close();
    }
  });

  test('maxBytesPerRun: a run whose history does not fit is refused before its first call', async () => {
    const own = await startFixture({ limits: { maxBytesPerRun: 500 } });
    try {
      // 4 sites * 3 features * 48 bytes = 576.
      await expect(own.client.openRun(request())).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'bytes of history and shared memory must be at most 500 (maxBytesPerRun), got 576',
      });
    } finally {
      await own.close();
    }
  });

  test('maxSharedBytes counts all runs, and is free again when one closes', async () => {
    const own = await startFixture({ limits: { maxSharedBytes: 6000 } });
    try {
      const first = await own.client.openRun(request({ sharedBytes: 4096 }));
      await expect(own.client.openRun(request({ sharedBytes: 4096 }))).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'shared memory of all runs must be at most 6000 (maxSharedBytes), got 8192',
      });
      await first.close('ok');
      await expect(own.client.openRun(request({ sharedBytes: 4096 }))).resolves.toBeDefined();
    } finally {
      await own.close();
    }
  });

  test('maxBranches, maxCalls and the length of the client’s text', async () => {
    const own = await startFixture({ limits: { maxBranches: 1, maxCalls: 5 } });
    try {
      const branches = [branch('cond'), branch('uncond')];
      await expect(own.client.openRun(request({ calls: 5, branches }))).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'branches must be at most 1 (maxBranches), got 2',
      });
      await expect(own.client.openRun(request({ calls: 6 }))).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'run.steps must be at most 5 (maxCalls), got 6',
      });
      const client = 'x'.repeat(129);
      await expect(own.client.openRun(request({ calls: 5, client }))).rejects.toMatchObject({
        code: 'invalid-argument',
        message: 'client must be at most 128 characters long, got 129',
      });
    } finally {
      await own.close();
    }
  });

  test('maxSites and maxPlanActions bound the network that a client describes', async () => {
    const own = await startFixture({ limits: { maxSites: 1, maxPlanActions: 5 } });
    try {
      const second = {
        name: 'blocks.0.attention',
        kind: 'attention',
        block: 0,
        tokens: 3,
      } as const;
      const open = (calls: number, network: NetworkShape) =>
        own.client.openRun(request({ mode: 'plan', run: steps(calls, { network }) }));
      const two = { blocks: 1, sites: [...SMALL_NETWORK.sites, second] };
      await expect(open(2, two)).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'modules of run.network must be at most 1 (maxSites), got 2',
      });
      await expect(open(6, SMALL_NETWORK)).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'modules of run.network times calls must be at most 5 (maxPlanActions), got 6',
      });
      await expect(open(5, SMALL_NETWORK)).resolves.toBeDefined();
    } finally {
      await own.close();
    }
  });

  test('maxMessageBytes: a larger message is refused, and so is a larger reply', async () => {
    const own = await startFixture({ limits: { maxMessageBytes: 4096 }, host: { tokens: 400 } });
    try {
      const run = await own.client.openRun(request());
      const stream = run.intercept();
      const ask = stream.call({
        branch: 'joint',
        callIndex: 0,
        features: [{ site: 'modulation', value: { kind: 'none' }, output: null }],
      });
      await expect(ask).rejects.toMatchObject({ code: 'failed-precondition' });
      const bytes = new Uint8Array(400 * 4 * 4);
      const tensor = { dtype: 'float32', shape: [1, 400, 4], place: 'inline', bytes } as const;
      const big = stream.call({
        branch: 'joint',
        callIndex: 0,
        features: [{ site: 'blocks.0.mlp', value: { kind: 'computed', tensor }, output: null }],
      });
      await expect(big).rejects.toThrow(/larger than max|RESOURCE_EXHAUSTED|is over/);
      const reply = run.intercept().call({
        branch: 'joint',
        callIndex: 0,
        features: [
          { site: 'embed', value: { kind: 'input', tensor: inline(image(1, 400)) }, output: null },
        ],
      });
      await expect(reply).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'inline bytes of one reply must be at most 4096 (maxMessageBytes), got 6400',
      });
    } finally {
      await own.close();
    }
  });
});

test('an error that is a defect is logged in full and tells the caller nothing of its inside', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  const createPolicy = () => {
    throw new TypeError('secret detail');
  };
  const own = await startFixture({ logger, overrides: { createPolicy } });
  try {
    const refusal = await own.client.openRun(request()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ForecastError);
    expect(refusal).toMatchObject({ code: 'internal', message: 'internal error' });
    expect(lines.join('')).toContain('secret detail');
  } finally {
    await own.close();
  }
});
