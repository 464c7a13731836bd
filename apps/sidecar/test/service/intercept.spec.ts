import {
  createTensorTransfer,
  float32Tensor,
  float32View,
  type CacheRun,
  type FeatureAnswer,
  type FeatureCall,
  type InterceptStream,
  type LocalTensor,
  type PlacedTensor,
} from '@forecache/adapters';
import type { CachePolicy } from '@forecache/cache-policy';
import { fakePolicy } from './fake-policies.js';
import { branch, image, inline, request, startFixture, type Fixture } from './fixture.js';

/** Plan of interval 3, order 2, warm-up 2 over 10 calls: full at 0, 1, 4, 7. */
const FULL_CALLS = [0, 1, 4, 7];
const SITE = 'blocks.0.attention';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.close());

/** One site's calls on a stream: enough to move histories without walking the network. */
function caller(run: CacheRun, stream: InterceptStream = run.intercept()) {
  const send = (callIndex: number, features: readonly FeatureCall[], name = 'joint') =>
    stream.call({ branch: name, callIndex, features });
  const one = async (callIndex: number, feature: FeatureCall, name = 'joint') => {
    const [answer] = await send(callIndex, [feature], name);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  };
  return {
    stream,
    send,
    one,
    embed: (callIndex: number) => one(callIndex, input('embed', image())),
    forward: (callIndex: number, value: number) => one(callIndex, input(SITE, hidden(value))),
    ask: (callIndex: number, site = SITE) => one(callIndex, none(site)),
  };
}

function input(site: string, tensor: LocalTensor): FeatureCall {
  return { site, value: { kind: 'input', tensor: inline(tensor) }, output: null };
}

function computed(site: string, tensor: LocalTensor): FeatureCall {
  return { site, value: { kind: 'computed', tensor: inline(tensor) }, output: null };
}

function none(site: string): FeatureCall {
  return { site, value: { kind: 'none' }, output: null };
}

function hidden(value: number): LocalTensor {
  return float32Tensor([1, 3, 4], new Float32Array(12).fill(value));
}

function valuesOf(answer: FeatureAnswer): number[] {
  const output: PlacedTensor | null = answer.output;
  if (output?.place !== 'inline') throw new Error('not inline');
  return [...float32View(output)];
}

test('the plan of these tests is full at calls 0, 1, 4 and 7', async () => {
  const { plan } = await fixture.client.openRun(request());
  const full = plan?.calls.filter(({ action }) => action.kind === 'full');
  expect(full?.map(({ callIndex }) => callIndex)).toEqual(FULL_CALLS);
});

test('a full call with an input is forwarded, a forecast call is answered from the history', async () => {
  const run = await fixture.client.openRun(request());
  const { embed, forward, ask } = caller(run);
  for (const callIndex of [0, 1]) {
    await embed(callIndex);
    expect((await forward(callIndex, callIndex + 1)).source).toBe('forwarded');
  }
  const answer = await ask(2);
  expect(answer.source).toBe('forecast');
  expect(fixture.host.computed.get(SITE)).toBe(2);
});

test('a full call without an input asks the client to compute, and its feature is stored', async () => {
  const run = await fixture.client.openRun(request());
  const { one, ask } = caller(run);
  for (const callIndex of [0, 1]) {
    expect(await ask(callIndex)).toEqual({ site: SITE, source: 'compute', output: null });
    // F(0) = 10, F(1) = 20, with weights 2, -1 at call 2: F(2) = 2 * 20 - 10 = 30.
    const stored = await one(callIndex, computed(SITE, hidden(10 * (callIndex + 1))));
    expect(stored).toEqual({ site: SITE, source: 'stored', output: null });
  }
  expect(valuesOf(await ask(2))).toEqual(new Array(12).fill(30));
  const statistics = await run.close('ok');
  expect(statistics).toMatchObject({ forwarded: 0, forecast: 1, stored: 2 });
  expect(statistics).toMatchObject({ fullCalls: 2, forecastCalls: 1 });
});

test('modulation needs no input and is forwarded, embed without one is for the client to compute', async () => {
  const run = await fixture.client.openRun(request());
  const { embed, ask } = caller(run);
  await embed(0);
  expect((await ask(0, 'modulation')).source).toBe('forwarded');
  expect((await ask(0, 'embed')).source).toBe('compute');
});

test('sites of another granularity than the plan are always full', async () => {
  const run = await fixture.client.openRun(request({ granularity: 'hidden' }));
  const { embed, forward } = caller(run);
  await embed(2);
  expect((await forward(2, 1)).source).toBe('forwarded');
});

test('a repeated full call moves no history, a repeated forecast is the same forecast', async () => {
  const run = await fixture.client.openRun(request());
  const { one, ask } = caller(run);
  await one(0, computed(SITE, hidden(10)));
  for (let repeat = 0; repeat < 3; repeat += 1) await one(1, computed(SITE, hidden(20)));
  const first = valuesOf(await ask(2));
  expect(first).toEqual(new Array(12).fill(30));
  expect(valuesOf(await ask(2))).toEqual(first);
  await one(0, computed(SITE, hidden(99)));
  expect(valuesOf(await ask(2))).toEqual(first);
});

test('a repeated forwarded call is computed again and stored once', async () => {
  const run = await fixture.client.openRun(request());
  const { embed, forward, ask } = caller(run);
  await embed(0);
  await forward(0, 1);
  await embed(1);
  await forward(1, 2);
  const first = valuesOf(await ask(2));
  await forward(1, 2);
  expect(valuesOf(await ask(2))).toEqual(first);
});

test('a repeat on the model host history is stored once, too', async () => {
  const run = await fixture.client.openRun(request({ historyPlace: 'host' }));
  const { embed, forward, ask } = caller(run);
  await embed(0);
  await forward(0, 1);
  await embed(1);
  for (let repeat = 0; repeat < 4; repeat += 1) await forward(1, 2);
  const first = valuesOf(await ask(2));
  expect(valuesOf(await ask(2))).toEqual(first);
  expect(valuesOf(await ask(3))).not.toEqual(first);
});

test('a forecast whose true features were not seen is refused and names them', async () => {
  const run = await fixture.client.openRun(request());
  const { one, ask } = caller(run);
  await one(0, computed(SITE, hidden(10)));
  await expect(ask(2)).rejects.toMatchObject({
    code: 'failed-precondition',
    message:
      `site "${SITE}" of branch "joint" cannot be forecast at call 2: it needs the true features of ` +
      'calls [1, 0], the history has [0]',
  });
  await one(1, computed(SITE, hidden(20)));
  expect((await ask(2)).source).toBe('forecast');
});

test('a forecast long after its features fell out of the history is refused', async () => {
  const policy = { name: 'taylorseer', options: { interval: '3', order: '1', warmup: '2' } };
  const run = await fixture.client.openRun(request({ policy }));
  const { one, ask } = caller(run);
  for (const callIndex of FULL_CALLS) await one(callIndex, computed(SITE, hidden(callIndex)));
  await expect(ask(2)).rejects.toMatchObject({
    code: 'failed-precondition',
    message: expect.stringContaining(
      'needs the true features of calls [1, 0], the history has [7, 4]',
    ),
  });
});

test('a message that fails leaves the run as it was, and the stream goes on', async () => {
  const run = await fixture.client.openRun(request());
  const { send, one, ask } = caller(run);
  await one(0, computed(SITE, hidden(10)));
  const bad = [computed(SITE, hidden(20)), input('blocks.0.mlp', hidden(1))];
  await expect(send(1, bad)).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(ask(2)).rejects.toMatchObject({
    message: expect.stringContaining('the history has [0]'),
  });
  await one(1, computed(SITE, hidden(20)));
  expect(valuesOf(await ask(2))).toEqual(new Array(12).fill(30));
});

test('messages of one stream are answered in the order of arrival', async () => {
  const run = await fixture.client.openRun(request());
  const { one, ask } = caller(run);
  const order: number[] = [];
  const note = (number: number) => () => void order.push(number);
  await Promise.all([
    one(0, computed(SITE, hidden(10))).then(note(0)),
    one(1, computed(SITE, hidden(20))).then(note(1)),
    ask(2).then(note(2)),
    ask(3).then(note(3)),
  ]);
  expect(order).toEqual([0, 1, 2, 3]);
});

test('two streams of one run wait for each other', async () => {
  const run = await fixture.client.openRun(request());
  const a = caller(run);
  const b = caller(run);
  await a.one(0, computed(SITE, hidden(10)));
  await b.one(1, computed(SITE, hidden(20)));
  expect(valuesOf(await a.ask(2))).toEqual(new Array(12).fill(30));
});

test('a computed feature that no later call needs is not stored', async () => {
  const policy = { name: 'full', options: {} };
  const run = await fixture.client.openRun(request({ policy }));
  const { one } = caller(run);
  expect((await one(0, computed(SITE, hidden(1)))).source).toBe('stored');
  expect((await run.close('ok')).peakBytes).toBe(0);
});

test('a history on the model host cannot take what the client computed', async () => {
  const run = await fixture.client.openRun(request({ historyPlace: 'host' }));
  const { one } = caller(run);
  await expect(one(0, computed(SITE, hidden(1)))).rejects.toMatchObject({
    code: 'invalid-argument',
    message:
      'features[0].value must be `input`: the history of this run is on the model host, got "computed"',
  });
});

describe('hostile feature calls', () => {
  const cases: readonly [string, FeatureCall, string][] = [
    [
      'an unknown site',
      none('blocks.9.attention'),
      'features[0].site must be a site of the run, got "blocks.9.attention"',
    ],
    [
      'a wrong shape',
      input(SITE, float32Tensor([1, 3, 5], new Float32Array(15))),
      'features[0].input must be a tensor float32[1, 3, 4], got "float32[1, 3, 5]"',
    ],
    [
      'a wrong batch',
      input(SITE, float32Tensor([2, 3, 4], new Float32Array(24))),
      'features[0].input must be a tensor float32[1, 3, 4], got "float32[2, 3, 4]"',
    ],
    [
      'a wrong dtype',
      {
        site: SITE,
        value: {
          kind: 'input',
          tensor: {
            dtype: 'float16',
            shape: [1, 3, 4],
            place: 'inline',
            bytes: new Uint8Array(24),
          },
        },
        output: null,
      },
      'features[0].input must be a tensor float32[1, 3, 4], got "float16[1, 3, 4]"',
    ],
    [
      'a computed feature of a wrong shape',
      computed(SITE, float32Tensor([1, 12], new Float32Array(12))),
      'features[0].computed must be a tensor float32[1, 3, 4], got "float32[1, 12]"',
    ],
    [
      'truncated bytes',
      {
        site: SITE,
        value: {
          kind: 'input',
          tensor: {
            dtype: 'float32',
            shape: [1, 3, 4],
            place: 'inline',
            bytes: new Uint8Array(47),
          },
        },
        output: null,
      },
      'features[0].input.inline must be 48 bytes as dtype and shape say, got 47',
    ],
    [
      'a region that climbs out of the directory',
      {
        site: SITE,
        value: { kind: 'none' },
        output: { name: '../../etc/passwd', offset: 0, byteLength: 48 },
      },
      'features[0].output.name must be a file name of 1 to 64 characters of [a-z0-9-], got "../../etc/passwd"',
    ],
    [
      'a region of a run without shared memory',
      { site: SITE, value: { kind: 'none' }, output: { name: 'run-x', offset: 0, byteLength: 48 } },
      'features[0].output must be inline in a run that was opened with shared_bytes 0, got "run-x"',
    ],
    [
      'a computed handle',
      {
        site: SITE,
        value: {
          kind: 'computed',
          tensor: {
            dtype: 'float32',
            shape: [1, 3, 4],
            place: 'handle',
            handle: { hostId: 'x', id: 1 },
          },
        },
        output: null,
      },
      'features[0].computed must be inline or a region: only the model host opens handles, got "a handle"',
    ],
    [
      'an input for modulation',
      input('modulation', hidden(1)),
      'features[0].input must be unset: site "modulation" takes none, got "a tensor"',
    ],
    [
      'an input for a site that is composed',
      input('hidden', hidden(1)),
      'features[0].value must be `computed`: the model host does not forward site "hidden", got "input"',
    ],
  ];

  test.each(cases)('%s', async (_, feature, message) => {
    const run = await fixture.client.openRun(request());
    const { one } = caller(run);
    const error = await one(0, feature).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ message });
    expect((await one(0, computed(SITE, hidden(1)))).source).toBe('stored');
  });

  test('another run’s region', async () => {
    const mine = await fixture.client.openRun(request({ sharedBytes: 4096 }));
    const other = await fixture.client.openRun(request({ sharedBytes: 4096 }));
    const region = { name: other.sharedName, offset: 0, byteLength: 48 };
    const { one } = caller(mine);
    await expect(one(0, { ...none(SITE), output: region })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: `features[0].output.name must be the run's "${mine.sharedName}", got "${other.sharedName}"`,
    });
  });

  test('a region that ends behind the file, or is too small, or overlaps another', async () => {
    const run = await fixture.client.openRun(request({ sharedBytes: 4096 }));
    const { send, one } = caller(run);
    const at = (offset: number, byteLength = 48) => ({ name: run.sharedName, offset, byteLength });
    await expect(one(0, { ...none(SITE), output: at(4090) })).rejects.toMatchObject({
      message: "features[0].output.offset + byte_length must be <= the file's 4096 bytes, got 4138",
    });
    await expect(one(0, { ...none(SITE), output: at(0, 40) })).rejects.toMatchObject({
      message: `features[0].output.byte_length must be the 48 bytes of site "${SITE}", got 40`,
    });
    const overlapping = [
      { ...none(SITE), output: at(0) },
      { ...none('blocks.0.mlp'), output: at(40) },
    ];
    await expect(send(0, overlapping)).rejects.toMatchObject({
      message: 'features[1] must be in a region of its own, got "one that overlaps features[0]"',
    });
  });

  test('a call out of range, an unknown branch, a site named twice, no feature at all', async () => {
    const run = await fixture.client.openRun(request());
    const { send } = caller(run);
    const refused = (promise: Promise<unknown>) => expect(promise).rejects;
    await refused(send(10, [none(SITE)])).toMatchObject({
      code: 'invalid-argument',
      message: 'call_index must be an integer in 0..9, got 10',
    });
    await refused(send(0, [none(SITE)], 'uncond')).toMatchObject({
      message: 'branch must be one of [joint], got "uncond"',
    });
    await refused(send(0, [none(SITE), none(SITE)])).toMatchObject({
      message: `features[1].site must be named once in a message, got "${SITE}"`,
    });
    await refused(send(0, [])).toMatchObject({
      message: 'features must be 1 to 4096 feature calls, got 0',
    });
  });
});

describe('a policy that decides call by call', () => {
  /** Full while the measured change is large; reuse otherwise. */
  function adaptive(asked: number[]): CachePolicy {
    return fakePolicy({
      asksAt: 'call-start',
      setup: () => ({
        sites: [],
        tokenCache: null,
        probes: [{ kind: 'input-change', count: 0, site: '' }],
      }),
      decide({ callIndex, fullCalls, scalars }) {
        asked.push(callIndex);
        const isSmall = (scalars['input-change'] ?? 0) < 0.5;
        return fullCalls.length > 0 && isSmall ? { kind: 'reuse' } : { kind: 'full' };
      },
    });
  }

  test('is asked once per call: a decision is the same whoever asks again, with whatever numbers', async () => {
    const asked: number[] = [];
    const own = await startFixture({ overrides: { createPolicy: () => adaptive(asked) } });
    try {
      const run = await own.client.openRun(request());
      expect(run.plan).toBeNull();
      const decide = (callIndex: number, change: number) =>
        run.decide({ branch: 'joint', callIndex, scalars: { 'input-change': change } });
      expect((await decide(0, 0)).action.kind).toBe('full');
      expect((await decide(1, 0.9)).action.kind).toBe('full');
      expect((await decide(1, 0.1)).action.kind).toBe('full');
      expect((await decide(2, 0.1)).action.kind).toBe('reuse');
      const { one, ask } = caller(run);
      await one(0, computed(SITE, hidden(1)));
      await one(1, computed(SITE, hidden(2)));
      expect(valuesOf(await ask(2))).toEqual(new Array(12).fill(2));
      expect(asked).toEqual([0, 1, 2]);
    } finally {
      await own.close();
    }
  });

  test('branches are decided apart', async () => {
    const own = await startFixture({ overrides: { createPolicy: () => adaptive([]) } });
    try {
      const branches = [branch('cond'), branch('uncond')];
      const run = await own.client.openRun(request({ branches }));
      const decide = (name: string, callIndex: number) =>
        run.decide({ branch: name, callIndex, scalars: {} });
      await decide('cond', 0);
      expect((await decide('cond', 1)).action.kind).toBe('reuse');
      expect((await decide('uncond', 1)).action.kind).toBe('full');
    } finally {
      await own.close();
    }
  });

  test('is not asked by the features that are computed in every call: they may be measured first', async () => {
    const asked: number[] = [];
    const own = await startFixture({ overrides: { createPolicy: () => adaptive(asked) } });
    try {
      const run = await own.client.openRun(request());
      const { embed, forward, ask } = caller(run);
      await embed(0);
      await ask(0, 'modulation');
      expect(asked).toEqual([]);
      await forward(0, 1);
      expect(asked).toEqual([0]);
      await embed(1);
      const scalars = { 'input-change': 0.1 };
      const { action } = await run.decide({ branch: 'joint', callIndex: 1, scalars });
      expect(action.kind).toBe('reuse');
      expect(valuesOf(await ask(1))).toHaveLength(12);
    } finally {
      await own.close();
    }
  });

  test('says what a call does in an event once it is decided, not before', async () => {
    const own = await startFixture({ overrides: { createPolicy: () => adaptive([]) } });
    const stop = new AbortController();
    try {
      const run = await own.client.openRun(request());
      const kinds: string[] = [];
      const watching = (async () => {
        for await (const event of own.client.watchRuns(run.runId, { signal: stop.signal })) {
          if (event.kind === 'call') kinds.push(`${event.callIndex} ${event.action}`);
        }
      })().catch(() => undefined);
      await own.client.statistics();
      const { embed, forward, ask } = caller(run);
      await embed(0);
      await ask(0, 'modulation');
      await forward(0, 1);
      await run.decide({ branch: 'joint', callIndex: 1, scalars: { 'input-change': 0.1 } });
      await embed(1);
      await ask(1);
      await run.close('ok');
      await watching;
      expect(kinds).toEqual(['0 full', '1 reuse']);
    } finally {
      stop.abort();
      await own.close();
    }
  });

  test('takes a bounded number of scalars', async () => {
    const own = await startFixture({
      limits: { maxScalars: 1 },
      overrides: { createPolicy: () => adaptive([]) },
    });
    try {
      const run = await own.client.openRun(request());
      const scalars = { a: 1, b: 2 };
      await expect(run.decide({ branch: 'joint', callIndex: 0, scalars })).rejects.toMatchObject({
        code: 'resource-exhausted',
        message: 'scalars of one call must be at most 1 (maxScalars), got 2',
      });
    } finally {
      await own.close();
    }
  });
});

describe('a site that is computed in part', () => {
  const selection = { tokens: 1, stalenessWeight: 0, grid: 0, gridBonus: 0 };
  /** Full, then one token of the site in every call. */
  const refreshing = () =>
    fakePolicy({
      granularities: ['module'],
      setup: () => ({
        sites: ['blocks.1.mlp'],
        tokenCache: { sites: [SITE], score: 'random' },
        probes: [],
      }),
      decide: ({ fullCalls }) =>
        fullCalls.length === 0
          ? { kind: 'full' }
          : {
              kind: 'by-site',
              sites: [
                { site: SITE, decision: { kind: 'partial', selection } },
                { site: 'blocks.1.mlp', decision: { kind: 'reuse' } },
              ],
            },
    });
  let own: Fixture;
  beforeEach(async () => {
    own = await startFixture({ overrides: { createPolicy: refreshing } });
  });
  afterEach(() => own.close());

  test('is forwarded with its selection, answered whole, and never stored', async () => {
    const run = await own.client.openRun(request());
    const { embed, forward } = caller(run);
    await embed(0);
    const full = await forward(0, 1);
    await embed(1);
    const partial = await forward(1, 2);
    expect([full.source, partial.source]).toEqual(['forwarded', 'partial']);
    // One of three tokens is new: 4 of 12 numbers differ at most.
    const before = valuesOf(full);
    const changed = valuesOf(partial).filter((value, i) => value !== before[i]);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThanOrEqual(4);
    const again = await forward(1, 2);
    expect(valuesOf(again)).toEqual(valuesOf(partial));
    const statistics = await run.close('ok');
    expect(statistics).toMatchObject({ partial: 2, stored: 0, peakBytes: 0 });
    expect(statistics.sites.find(({ site }) => site === SITE)).toMatchObject({
      forwarded: 1,
      partial: 2,
    });
    expect(statistics).toMatchObject({ fullCalls: 1, forecastCalls: 1 });
  });

  test('makes a partial call, as an event tells', async () => {
    const run = await own.client.openRun(request());
    const kinds: string[] = [];
    const watching = (async () => {
      for await (const event of own.client.watchRuns(run.runId)) {
        if (event.kind === 'call') kinds.push(event.action);
      }
    })();
    await own.client.statistics();
    const { embed, forward } = caller(run);
    for (const callIndex of [0, 1]) {
      await embed(callIndex);
      await forward(callIndex, 1);
    }
    await run.close('ok');
    await watching;
    expect(kinds).toEqual(['full', 'partial']);
  });

  test.each(['computed', 'none'] as const)(
    'is for the model host alone: %s is refused',
    async (kind) => {
      const run = await own.client.openRun(request());
      const { one } = caller(run);
      const feature = kind === 'none' ? none(SITE) : computed(SITE, hidden(1));
      for (const callIndex of [0, 1]) {
        await expect(one(callIndex, feature)).rejects.toMatchObject({
          code: 'invalid-argument',
          message:
            'features[0].value must be `input`: the model host keeps the tokens of this site, ' +
            `and computes it, got "${kind}"`,
        });
      }
    },
  );

  test('before any full call of it is refused by the model host, and the run goes on', async () => {
    const run = await own.client.openRun(request());
    const { embed, forward } = caller(run);
    await embed(1);
    await expect(forward(1, 1)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringMatching(/^model host embedded: .*full/),
    });
    await embed(0);
    expect((await forward(0, 1)).source).toBe('forwarded');
  });
});

describe('a range of blocks', () => {
  const RANGE = 'blocks.0-0';

  test('is composed by the client, and reused from the sidecar', async () => {
    // Full at calls 0, 1 and 4, like all runs of these tests: call 2 has the weights 2, -1.
    const run = await fixture.client.openRun(request({ granularity: 'block' }));
    expect(run.setup.sites).toEqual(['blocks.0-0', 'blocks.1-1']);
    const { one, ask } = caller(run);
    expect((await ask(0, RANGE)).source).toBe('compute');
    expect((await one(0, computed(RANGE, hidden(7)))).source).toBe('stored');
    await one(1, computed(RANGE, hidden(8)));
    expect(valuesOf(await ask(2, RANGE))).toEqual(new Array(12).fill(9));
    await expect(one(0, input(RANGE, hidden(1)))).rejects.toMatchObject({
      message: `features[0].value must be \`computed\`: the model host does not forward site "${RANGE}", got "input"`,
    });
  });

  test('that the run does not keep is no site of it', async () => {
    const run = await fixture.client.openRun(request());
    const { ask } = caller(run);
    await expect(ask(0, 'blocks.0-1')).rejects.toMatchObject({
      code: 'not-found',
      message: 'features[0].site must be a site of the run, got "blocks.0-1"',
    });
  });
});

test('a feature inside of a skipped site is not stored, whoever sends it', async () => {
  // Call 1 reuses `hidden`, so the module inside is not computed there: at call 2 its newest feature is call 0's.
  const nested = () =>
    fakePolicy({
      granularities: ['module'],
      setup: () => ({ sites: [SITE, 'hidden'], tokenCache: null, probes: [] }),
      decide({ callIndex }) {
        if (callIndex === 0) return { kind: 'full' };
        const site = callIndex === 1 ? 'hidden' : SITE;
        return { kind: 'by-site', sites: [{ site, decision: { kind: 'reuse' } }] };
      },
    });
  const own = await startFixture({ overrides: { createPolicy: nested } });
  try {
    const run = await own.client.openRun(request({ calls: 3 }));
    const { one, ask } = caller(run);
    await one(0, computed(SITE, hidden(5)));
    await one(0, computed('hidden', hidden(6)));
    expect(valuesOf(await ask(1, 'hidden'))).toEqual(new Array(12).fill(6));
    await one(1, computed(SITE, hidden(9)));
    expect(valuesOf(await ask(2))).toEqual(new Array(12).fill(5));
  } finally {
    await own.close();
  }
});

test('a large tensor is forecast in tiles, inline and in a region, exactly', async () => {
  // 2048 tokens * 256 = 2^19 elements, 2 MiB: 8 tiles of 256 KiB.
  const shape = [1, 2048, 256];
  const size = 2 ** 19;
  const large = await startFixture({ host: { depth: 1, tokens: 2048, width: 256 } });
  try {
    const feature = (scale: number) =>
      float32Tensor(
        shape,
        Float32Array.from({ length: size }, (_, i) => scale * (i % 1000)),
      );
    const run = await large.client.openRun(request({ sharedBytes: 4 * 2 ** 20 }));
    const { one } = caller(run);
    await one(0, computed(SITE, feature(1)));
    await one(1, computed(SITE, feature(2)));
    const answer = await one(2, none(SITE));
    // 2 * 2x - 1x = 3x
    expect(Buffer.compare(inlineBytes(answer), feature(3).bytes)).toBe(0);
    const region = { name: run.sharedName, offset: 64, byteLength: 4 * size };
    const { output } = await one(2, { ...none(SITE), output: region });
    expect(output).toEqual({ dtype: 'float32', shape, place: 'region', region });
    const transfer = createTensorTransfer(run.sharedDirectory);
    const shared = transfer.resolve({ dtype: 'float32', shape, place: 'region', region }, 'shared');
    transfer.close();
    expect(Buffer.compare(shared.bytes, feature(3).bytes)).toBe(0);
  } finally {
    await large.close();
  }
});

function inlineBytes(answer: FeatureAnswer): Uint8Array {
  if (answer.output?.place !== 'inline') throw new Error('not inline');
  return answer.output.bytes;
}
