import {
  float32Tensor,
  float32View,
  NO_SETUP,
  transformerLayout,
  walkTransformer,
  weightsOf,
  type Action,
  type CacheRun,
  type FeatureSource,
  type Granularity,
  type LocalTensor,
  type ModelDescription,
  type ModelHost,
  type OpenRun,
} from '@forecache/adapters';
import {
  branch,
  expectSame,
  image,
  inline,
  largestDifference,
  planned,
  request,
  startFixture,
  step,
  timesteps,
  type Fixture,
} from './fixture.js';
import { networkShape } from '../../src/network-shape.js';
import { interceptRun, walkPlan, walkProxy } from './walkers.js';

const CALLS = 10;
const SHARED_BYTES = 65536;
/** Sums in float32 that were added in another order or left the host in between. */
const FLOAT32_TOLERANCE = 1e-5;

let fixture: Fixture;
let model: ModelDescription;

beforeEach(async () => {
  fixture = await startFixture();
  model = await fixture.host.describe();
});

afterEach(() => fixture.close());

/** A run whose plan is applied by hand: numbers from the plan, features from the host, sums right here. */
async function byHand(host: ModelHost, run: CacheRun): Promise<LocalTensor[]> {
  const hostRun = await host.beginRun({
    runId: 'by-hand',
    branches: [branch('joint')],
    timesteps: timesteps(CALLS),
    sharedDirectory: '',
    setup: NO_SETUP,
  });
  const { setup } = run;
  const histories = new Map<string, LocalTensor[]>();
  const store = (site: string, feature: LocalTensor) => {
    const copy = float32Tensor(feature.shape, Float32Array.from(float32View(feature)));
    histories.set(site, [copy, ...(histories.get(site) ?? [])]);
  };
  const forward = async (callIndex: number, site: string, input: LocalTensor | null) => {
    const call = { branch: 'joint', callIndex, site, input: input && inline(input) };
    const { output } = await hostRun.forward({
      ...call,
      output: null,
      keep: false,
      selection: null,
    });
    if (output.place !== 'inline') throw new Error('not inline');
    if (setup.sites.includes(site)) store(site, output);
    return output;
  };
  const images: LocalTensor[] = [];
  let x = image();
  for (let callIndex = 0; callIndex < CALLS; callIndex += 1) {
    const source: FeatureSource = {
      features: async (calls) => {
        const features: LocalTensor[] = [];
        for (const { site, input, action } of calls) {
          const isComputed = action.kind === 'full';
          const history = histories.get(site) ?? [];
          features.push(
            isComputed ? await forward(callIndex, site, input) : weightedSum(action, history),
          );
        }
        return features;
      },
      observe: async (site, feature) => void store(site, feature),
    };
    const plan = planned(run, callIndex);
    const layout = transformerLayout(model);
    const velocity = await walkTransformer({ layout, setup, plan, input: x, source });
    x = step(x, velocity, CALLS);
    images.push(x);
  }
  await hostRun.end();
  return images;
}

function weightedSum(action: Action, history: readonly LocalTensor[]): LocalTensor {
  const [newest] = history;
  if (newest === undefined) throw new Error('nothing to sum');
  const features = history.map(float32View);
  const values = float32View(newest).map((_, i) =>
    weightsOf(action).reduce((sum, weight, j) => sum + weight * (features[j]?.[i] ?? NaN), 0),
  );
  return float32Tensor(newest.shape, values);
}

const EVERYWHERE: readonly Granularity[] = [
  'module',
  'block',
  'residual',
  'hidden',
  'output',
  'change',
];

describe.each(EVERYWHERE)('at granularity %s', (granularity) => {
  test('intercept inline, intercept shared, proxy, plan and the plan by hand agree', async () => {
    const { client, host } = fixture;
    const open = (over: object) => client.openRun(request({ granularity, ...over }));
    const inlineRun = await open({});
    const inlineImages = await interceptRun(inlineRun, model);
    const sharedRun = await open({ sharedBytes: SHARED_BYTES });
    const sharedImages = await interceptRun(sharedRun, model);
    const proxyRun = await open({ mode: 'proxy' });
    const proxyImages = (await walkProxy(proxyRun, model)).images;
    const planRun = await client.openRun(planRequest({ granularity }));
    expect(planRun.setup).toEqual(proxyRun.setup);
    const planImages = (await walkPlan(planRun, host)).images;
    expectSame(sharedImages, inlineImages, 0);
    expectSame(planImages, proxyImages, 0);
    expectSame(proxyImages, inlineImages, FLOAT32_TOLERANCE);
    expectSame(await byHand(host, inlineRun), inlineImages, FLOAT32_TOLERANCE);
    const closed = [];
    for (const run of [inlineRun, sharedRun, proxyRun, planRun]) closed.push(await run.close('ok'));
    expect(closed.map(({ fullCalls }) => fullCalls)).toEqual([4, 4, 4, 4]);
    expect(closed.map(({ forecastCalls }) => forecastCalls)).toEqual([6, 6, 6, 6]);
    expect(fixture.sharedFiles()).toEqual([]);
  });
});

/** In plan mode the client knows the network, and says so. */
function planRequest(over: Partial<OpenRun>): OpenRun {
  const base = request({ ...over, mode: 'plan' });
  return { ...base, run: { ...base.run, network: networkShape(model) } };
}

test('a history on the model host gives the same images as one in the sidecar', async () => {
  const { client } = fixture;
  const here = await client.openRun(request());
  const there = await client.openRun(request({ historyPlace: 'host' }));
  const shared = await client.openRun(request({ historyPlace: 'host', sharedBytes: SHARED_BYTES }));
  const images = await interceptRun(here, model);
  expectSame(await interceptRun(there, model), images, FLOAT32_TOLERANCE);
  expectSame(await interceptRun(shared, model), images, FLOAT32_TOLERANCE);
});

test('interval 1 is bit-identical to a run without forecache', async () => {
  const policy = { name: 'taylorseer', options: { interval: '1' } };
  const run = await fixture.client.openRun(request({ policy }));
  const images = await interceptRun(run, model);
  expectSame(await byHand(fixture.host, run), images, 0);
  expect((await run.close('ok')).forecast).toBe(0);
});

test('interception is literal: the host computes what the plan says and nothing else', async () => {
  const run = await fixture.client.openRun(request());
  await interceptRun(run, model);
  const statistics = await run.close('ok');
  const plan = run.plan?.calls ?? [];
  const fullCalls = plan.filter(({ action }) => action.kind === 'full').length;
  const { computed } = fixture.host;
  for (const site of ['blocks.0.attention', 'blocks.0.mlp', 'blocks.1.attention', 'blocks.1.mlp']) {
    expect(computed.get(site)).toBe(fullCalls);
    expect(statistics.sites.find((entry) => entry.site === site)).toEqual({
      site,
      forwarded: fullCalls,
      forecast: CALLS - fullCalls,
      stored: 0,
      partial: 0,
    });
  }
  for (const site of ['embed', 'modulation', 'head']) expect(computed.get(site)).toBe(CALLS);
  // 2 blocks of 2 branches, embed, modulation and head: 7 sites a call, none answered twice.
  expect(statistics.forwarded + statistics.forecast).toBe(7 * CALLS);
  expect(statistics.fullCalls).toBe(fullCalls);
  expect(statistics.forecastCalls).toBe(CALLS - fullCalls);
  const total = [...computed.values()].reduce((sum, count) => sum + count, 0);
  expect(statistics.forwarded).toBe(total);
});

test('two runs of different length do not see each other, interleaved call by call', async () => {
  const { client } = fixture;
  const alone = await client.openRun(request({ calls: 7, branches: [branch('joint', [5n])] }));
  const aloneImages = await interceptRun(alone, model);
  const long = await client.openRun(request());
  const short = await client.openRun(request({ calls: 7, branches: [branch('joint', [5n])] }));
  const [longImages, shortImages] = await Promise.all([
    interceptRun(long, model),
    interceptRun(short, model),
  ]);
  expectSame(shortImages, aloneImages, 0);
  const again = await client.openRun(request());
  expectSame(await interceptRun(again, model), longImages, 0);
});

test('two branches of one run have histories of their own', async () => {
  const branches = [branch('cond', [1n]), branch('uncond', [10n])];
  const run = await fixture.client.openRun(request({ branches }));
  const cond = await interceptRun(run, model, { branch: 'cond' });
  const uncond = await interceptRun(run, model, { branch: 'uncond' });
  const single = await fixture.client.openRun(request({ branches: [branch('joint', [10n])] }));
  expectSame(uncond, await interceptRun(single, model), 0);
  expect(largestDifference(cond[9] ?? image(), uncond[9] ?? image())).toBeGreaterThan(0);
  const statistics = await run.close('ok');
  expect(statistics.fullCalls + statistics.forecastCalls).toBe(2 * CALLS);
});

test('a host on another machine gets regions as bytes', async () => {
  const remote = await startFixture({
    hosts: [{ host: fixture.host, address: 'remote', sharesFiles: false }],
  });
  try {
    const here = await fixture.client.openRun(request());
    const images = await interceptRun(here, model);
    const shared = await remote.client.openRun(request({ sharedBytes: SHARED_BYTES }));
    expectSame(await interceptRun(shared, model), images, 0);
    const kept = await remote.client.openRun(
      request({ sharedBytes: SHARED_BYTES, historyPlace: 'host' }),
    );
    expectSame(await interceptRun(kept, model), images, FLOAT32_TOLERANCE);
  } finally {
    await remote.close();
  }
});
