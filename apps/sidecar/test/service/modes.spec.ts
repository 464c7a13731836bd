import {
  actionAt,
  float32Tensor,
  float32View,
  transformerLayout,
  walkTransformer,
  type CacheRun,
  type CallPlan,
  type FeatureSource,
  type Granularity,
  type LocalTensor,
  type ModelDescription,
  type ModelHost,
} from '@forecache/adapters';
import {
  branch,
  image,
  inline,
  interceptRun,
  largestDifference,
  planned,
  request,
  startFixture,
  step,
  timesteps,
  type Fixture,
} from './fixture.js';

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
async function byHand(
  host: ModelHost,
  run: CacheRun,
  granularity: Granularity,
): Promise<LocalTensor[]> {
  const hostRun = await host.beginRun({
    runId: 'by-hand',
    branches: [branch('joint')],
    timesteps: timesteps(CALLS),
    sharedDirectory: '',
    historySize: 1,
  });
  const histories = new Map<string, Float32Array[]>();
  const store = (site: string, feature: LocalTensor) =>
    histories.set(site, [Float32Array.from(float32View(feature)), ...(histories.get(site) ?? [])]);
  const images: LocalTensor[] = [];
  let x = image();
  for (let callIndex = 0; callIndex < CALLS; callIndex += 1) {
    const plan = planned(run, callIndex);
    const source: FeatureSource = {
      features: async (calls) => {
        const features: LocalTensor[] = [];
        for (const { site, input } of calls) {
          const isForecast =
            forecastSites(granularity).includes(site) && actionAt(plan, site).kind !== 'full';
          if (isForecast) {
            features.push(weightedSum(plan, site, histories.get(site) ?? []));
            continue;
          }
          const { output } = await hostRun.forward({
            branch: 'joint',
            callIndex,
            site,
            input: input && inline(input),
            output: null,
            keep: false,
          });
          if (output.place !== 'inline') throw new Error('not inline');
          if (forecastSites(granularity).includes(site)) store(site, output);
          features.push(output);
        }
        return features;
      },
      observe: async (site, feature) => void store(site, feature),
    };
    const velocity = await walkTransformer({
      layout: transformerLayout(model),
      plan,
      granularity,
      input: x,
      source,
    });
    x = step(x, velocity, CALLS);
    images.push(x);
  }
  await hostRun.end();
  return images;
}

function forecastSites(granularity: Granularity): string[] {
  if (granularity !== 'module') return [granularity];
  return model.sites
    .filter(({ kind }) => kind === 'attention' || kind === 'mlp')
    .map((s) => s.name);
}

function weightedSum(plan: CallPlan, site: string, history: readonly Float32Array[]): LocalTensor {
  const action = actionAt(plan, site);
  const weights = action.kind === 'forecast' ? action.weights : [1];
  const shape = [1, ...(model.sites.find(({ name }) => name === site)?.output.shape ?? [])];
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) =>
    weights.reduce((sum, weight, j) => sum + weight * (history[j]?.[i] ?? NaN), 0),
  );
  return float32Tensor(shape, values);
}

async function proxied(run: CacheRun): Promise<LocalTensor[]> {
  const images: LocalTensor[] = [];
  let x = image();
  for (let callIndex = 0; callIndex < CALLS; callIndex += 1) {
    const { output } = await run.runNetwork({
      branch: 'joint',
      callIndex,
      input: inline(x),
      output: null,
    });
    if (output.place !== 'inline') throw new Error('not inline');
    x = step(x, output, CALLS);
    images.push(x);
  }
  return images;
}

function expectSame(a: readonly LocalTensor[], b: readonly LocalTensor[], tolerance: number): void {
  expect(a).toHaveLength(b.length);
  a.forEach((one, call) => {
    const other = b[call];
    if (other === undefined) throw new Error('one run is shorter');
    expect(largestDifference(one, other)).toBeLessThanOrEqual(tolerance);
  });
}

describe.each<Granularity>(['module', 'hidden', 'output'])('at granularity %s', (granularity) => {
  test('intercept inline, intercept shared, proxy and the plan by hand agree', async () => {
    const { client, host } = fixture;
    const inlineRun = await client.openRun(request({ granularity }));
    const inlineImages = await interceptRun(inlineRun, model, { granularity });
    const sharedRun = await client.openRun(request({ granularity, sharedBytes: SHARED_BYTES }));
    const sharedImages = await interceptRun(sharedRun, model, { granularity });
    const proxyRun = await client.openRun(request({ granularity, mode: 'proxy' }));
    const proxyImages = await proxied(proxyRun);
    const handImages = await byHand(host, inlineRun, granularity);
    expectSame(sharedImages, inlineImages, 0);
    expectSame(proxyImages, inlineImages, FLOAT32_TOLERANCE);
    expectSame(handImages, inlineImages, FLOAT32_TOLERANCE);
    for (const run of [inlineRun, sharedRun, proxyRun]) await run.close('ok');
    expect(fixture.sharedFiles()).toEqual([]);
  });
});

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
  expectSame(await byHand(fixture.host, run, 'module'), images, 0);
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
