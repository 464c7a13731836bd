import {
  callKind,
  createInMemoryModelHost,
  createTensorTransfer,
  type CacheRun,
  type ModelDescription,
} from '@forecache/adapters';
import { networkShape } from '../../src/network-shape.js';
import { accumulatingPolicy, type PolicyLog } from './fake-policies.js';
import {
  branch,
  expectSame,
  image,
  inline,
  request,
  startFixture,
  step,
  type Fixture,
  type FixtureOptions,
} from './fixture.js';
import { interceptRun, walkIntercept, walkPlan, walkProxy, type Walked } from './walkers.js';

const CALLS = 12;
/** Skips some calls of the in-memory network and computes others. */
const THRESHOLD = 0.1;

let fixture: Fixture;
let model: ModelDescription;
let logs: PolicyLog[];

/** A sidecar whose every run has an accumulating policy; `logs` has one entry a run. */
async function start(threshold: number, options: FixtureOptions = {}): Promise<Fixture> {
  logs = [];
  const createPolicy = () => {
    const log: PolicyLog = { asked: [], told: [] };
    logs.push(log);
    return accumulatingPolicy(threshold, log);
  };
  fixture = await startFixture({ ...options, overrides: { createPolicy } });
  model = await fixture.host.describe();
  return fixture;
}

afterEach(() => fixture.close());

const MODES = ['plan', 'intercept', 'proxy'] as const;
type Mode = (typeof MODES)[number];

function open(mode: Mode, calls = CALLS, over: object = {}): Promise<CacheRun> {
  const base = request({ mode, calls, ...over });
  const network = mode === 'plan' ? networkShape(model) : null;
  return fixture.client.openRun({ ...base, run: { ...base.run, network } });
}

function walk(mode: Mode, run: CacheRun, calls = CALLS): Promise<Walked> {
  if (mode === 'plan') return walkPlan(run, fixture.host, { calls });
  return (mode === 'proxy' ? walkProxy : walkIntercept)(run, model, { calls });
}

async function sampled(mode: Mode, over: object = {}) {
  const run = await open(mode, CALLS, over);
  const walked = await walk(mode, run);
  return { ...walked, kinds: walked.plans.map(callKind), statistics: await run.close('ok') };
}

test.each(['residual', 'module', 'hidden', 'output', 'change'] as const)(
  'at granularity %s the same measurements lead to the same images in every mode, bit for bit',
  async (granularity) => {
    await start(THRESHOLD);
    const [plan, intercept, proxy] = [
      await sampled('plan', { granularity }),
      await sampled('intercept', { granularity }),
      await sampled('proxy', { granularity }),
    ];
    expect(new Set(plan.kinds)).toEqual(new Set(['full', 'reuse']));
    expect([intercept.kinds, proxy.kinds]).toEqual([plan.kinds, plan.kinds]);
    expectSame(intercept.images, plan.images, 0);
    expectSame(proxy.images, plan.images, 0);
    const [planLog, interceptLog, proxyLog] = logs;
    expect(interceptLog).toEqual(planLog);
    expect(proxyLog).toEqual(planLog);
    const fullCalls = plan.kinds.filter((kind) => kind === 'full').length;
    for (const { statistics } of [plan, intercept, proxy]) {
      expect(statistics).toMatchObject({ fullCalls, forecastCalls: CALLS - fullCalls });
    }
  },
);

test.each(MODES)('threshold 0 in mode %s is bit-identical to full compute', async (mode) => {
  await start(0);
  const adaptive = await sampled(mode);
  expect(new Set(adaptive.kinds)).toEqual(new Set(['full']));
  const off = await startFixture();
  try {
    const run = await off.client.openRun(
      request({ calls: CALLS, policy: { name: 'full', options: {} } }),
    );
    expectSame(adaptive.images, await interceptRun(run, model), 0);
  } finally {
    await off.close();
  }
});

test.each(MODES)(
  'in mode %s the policy is told once of every call, with what was measured after it',
  async (mode) => {
    await start(THRESHOLD);
    const { kinds } = await sampled(mode);
    const [log] = logs;
    expect(log?.asked.map(({ callIndex }) => callIndex)).toEqual([...kinds.keys()]);
    // Nobody asks after the last call, so nobody tells of it.
    expect(log?.told.map(({ result }) => result.kind)).toEqual(kinds.slice(0, -1));
    log?.told.forEach(({ result, context }) => {
      const isFull = result.kind === 'full';
      expect('output-size' in result.scalars).toBe(isFull);
      expect('output-change' in result.scalars).toBe(isFull && context.callIndex > 0);
      expect('modulated-input-change' in context.scalars).toBe(context.callIndex > 0);
    });
  },
);

test('runs of different length do not see each other, interleaved call by call', async () => {
  await start(THRESHOLD);
  for (const mode of MODES) {
    const alone = await walk(mode, await open(mode));
    const [long, short] = [await open(mode), await open(mode, 7)];
    const [longWalked] = await Promise.all([walk(mode, long), walk(mode, short, 7)]);
    expectSame(longWalked.images, alone.images, 0);
    expect(longWalked.plans).toEqual(alone.plans);
  }
});

test('two branches of one run are measured and decided apart', async () => {
  await start(THRESHOLD);
  const branches = [branch('cond', [1n]), branch('uncond', [10n])];
  const run = await open('proxy', CALLS, { branches });
  const [cond] = [await walkProxy(run, model, { calls: CALLS, branch: 'cond' })];
  const uncond = await walkProxy(run, model, { calls: CALLS, branch: 'uncond' });
  const single = await open('proxy', CALLS, { branches: [branch('joint', [10n])] });
  expectSame(uncond.images, (await walkProxy(single, model, { calls: CALLS })).images, 0);
  expect(cond.plans[0]).toEqual(uncond.plans[0]);
});

test('a Decide that is sent again, with whatever numbers, has its first answer', async () => {
  await start(THRESHOLD);
  const run = await open('plan');
  const decide = (callIndex: number, change: number) =>
    run.decide({ branch: 'joint', callIndex, scalars: { 'modulated-input-change': change } });
  await decide(0, 9);
  const first = await decide(1, 0.01);
  expect(first.action.kind).toBe('reuse');
  expect(await decide(1, 9)).toEqual(first);
  expect(await decide(1, 0.01)).toEqual(first);
  expect(logs[0]?.asked).toHaveLength(2);
  // 0.01 + 0.08 is below the threshold, and stays there although call 1 was asked three times.
  expect((await decide(2, 0.08)).action.kind).toBe('reuse');
  expect((await decide(3, 0.02)).action.kind).toBe('full');
});

test('without the measurements that it needs, a policy computes in full', async () => {
  await start(THRESHOLD);
  const run = await open('plan');
  const kinds = [];
  for (const callIndex of [0, 1, 2]) {
    kinds.push((await run.decide({ branch: 'joint', callIndex, scalars: {} })).action.kind);
  }
  expect(kinds).toEqual(['full', 'full', 'full']);
});

test('reports that are lost cost knowledge, not the run', async () => {
  await start(THRESHOLD);
  const run = await open('plan');
  const decide = (callIndex: number) =>
    run.decide({ branch: 'joint', callIndex, scalars: { 'modulated-input-change': 0.01 } });
  const report = (callIndex: number) =>
    run.report({
      ...{ branch: 'joint', callIndex, action: 'full', wallUs: 1 },
      ...{ forwarded: 7, forecast: 0, partial: 0, scalars: { 'output-size': callIndex + 1 } },
    });
  await decide(0);
  await report(0);
  await report(0);
  await decide(1);
  await decide(2);
  await report(1);
  await decide(3);
  expect(logs[0]?.told.map(({ result }) => result.scalars)).toEqual([{ 'output-size': 1 }, {}, {}]);
  // Counted all the same: it is what the host did.
  expect(await run.close('ok')).toMatchObject({ fullCalls: 2, forwarded: 14 });
});

test('in proxy mode a call that failed on the host is measured and made again, and nothing is lost', async () => {
  let failAt = Infinity;
  let heads = 0;
  const beforeSite = (site: string) => {
    if (site !== 'head') return;
    heads += 1;
    if (heads === failAt) throw new Error('out of memory');
  };
  await start(THRESHOLD, { host: { beforeSite } });
  const undisturbed = await sampled('proxy');
  const run = await open('proxy');
  // The third call from now on.
  failAt = heads + 3;
  const images = [];
  let x = image();
  let failures = 0;
  for (let callIndex = 0; callIndex < CALLS; callIndex += 1) {
    const call = { branch: 'joint', callIndex, input: inline(x), output: null };
    const { output } = await run.runNetwork(call).catch(() => {
      failures += 1;
      return run.runNetwork(call);
    });
    if (output.place !== 'inline') throw new Error('not inline');
    x = step(x, output, CALLS);
    images.push(x);
  }
  expect(failures).toBe(1);
  expectSame(images, undisturbed.images, 0);
  expect(logs[1]?.asked).toEqual(logs[0]?.asked);
});

test('a repeat of the newest proxied call is neither measured nor told again', async () => {
  await start(THRESHOLD);
  const run = await open('proxy');
  const call = (callIndex: number) => ({
    ...{ branch: 'joint', callIndex, input: inline(image()), output: null },
  });
  const first = await run.runNetwork(call(0));
  expect(await run.runNetwork(call(0))).toEqual(first);
  await run.runNetwork(call(1));
  await run.runNetwork(call(2));
  expect(logs[0]?.told.map(({ context }) => context.callIndex)).toEqual([0, 1]);
});

test('a host on another machine measures a region as bytes', async () => {
  const host = createInMemoryModelHost();
  await start(THRESHOLD, { hosts: [{ host, address: 'remote', sharesFiles: false }] });
  const run = await open('proxy', CALLS, { sharedBytes: 4096 });
  const inlineImages = (await walk('proxy', await open('proxy'))).images;
  const transfer = createTensorTransfer(run.sharedDirectory);
  const [input, output] = [0, 256].map((offset) => {
    return { name: run.sharedName, offset, byteLength: image().bytes.byteLength };
  });
  if (input === undefined || output === undefined) throw new Error('no region');
  const images = [];
  let x = image();
  for (let callIndex = 0; callIndex < CALLS; callIndex += 1) {
    const placed = transfer.place(x, input);
    const call = { branch: 'joint', callIndex, input: placed, output };
    const answer = await run.runNetwork(call);
    x = step(x, transfer.resolve(answer.output, 'output'), CALLS);
    images.push(x);
  }
  transfer.close();
  expectSame(images, inlineImages, 0);
});

test('an adaptive run ends where its client leaves it, and frees everything', async () => {
  await start(THRESHOLD);
  const run = await open('intercept', CALLS, { sharedBytes: 65536 });
  await walkIntercept(run, model, { calls: 5 });
  expect(await run.close('interrupted')).toMatchObject({ outcome: 'interrupted' });
  expect(await fixture.client.statistics()).toMatchObject({ runsOpen: 0, bytesHeld: 0 });
  expect(fixture.sharedFiles()).toEqual([]);
});
