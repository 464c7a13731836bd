/** @jest-environment ../../packages/adapters/jest-environment.cjs */
import {
  createOnnxModelHost,
  float32Tensor,
  float32View,
  int64Tensor,
  NO_SETUP,
  transformerLayout,
  walkTransformer,
  type FeatureSource,
  type HostRun,
} from '@forecache/adapters';
import {
  createTensorArena,
  fitWeights,
  forecastErrorSquared,
  forecastWeights,
  gramFromFeatures,
} from '@forecache/core';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import {
  createSolver,
  evenTimes,
  fillNoise,
  JOINT_BRANCH,
  labelsFor,
  pixelCount,
  sampleFlow,
  type NetworkCaller,
} from '@forecache/sidecar';

const STEPS = 16;
const IMAGES = 2;
const FULL_CALLS = [0, 2, 5, 9, 13];
/** Relative, of ‖forecast - truth‖: features and sums are float32, Gram matrices float64. */
const TOLERANCE = 1e-6;

type Features = Record<'hidden' | 'output', Float32Array[]>;
let features: Features;

beforeAll(async () => {
  features = await recordRun();
}, 60_000);

describe.each(['hidden', 'output'] as const)('the error of forecasts of %s', (site) => {
  it.each(['TaylorSeer of order 2', 'fitted weights'])(
    'is what the Gram matrix says, with %s',
    (rule) => {
      const recorded = features[site];
      expect(recorded).toHaveLength(STEPS);
      const gram = { products: gramFromFeatures(recorded) };
      for (let target = 3; target < STEPS; target++) {
        if (FULL_CALLS.includes(target)) continue;
        const stored = FULL_CALLS.filter((call) => call < target).slice(-3);
        const sources = [...stored].reverse();
        const history = stored.map((call) => ({ call, position: call }));
        const weights =
          rule === 'fitted weights'
            ? fitWeights(gram, { target, sources }, { ridge: 1e-4 })
            : forecastWeights({ forecaster: 'newton', order: 2, history, at: target }).weights;
        const predicted = Math.sqrt(
          forecastErrorSquared(gram, {
            target,
            sources: sources.slice(0, weights.length),
            weights,
          }),
        );
        const forecast = executed(
          sources.map((call) => recorded[call] as Float32Array),
          weights,
        );
        const realised = distance(forecast, recorded[target] as Float32Array);
        expect(realised).toBeGreaterThan(0);
        expect(Math.abs(predicted / realised - 1)).toBeLessThan(TOLERANCE);
      }
    },
  );
});

/** The sum as a host takes it, by core's kernel. */
function executed(sources: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const { byteLength } = sources[0] as Float32Array;
  const arena = createTensorArena({ limitBytes: 2 ** 24 });
  const used = sources.slice(0, weights.length);
  const slots = used.map((source) => {
    const slot = arena.allocate(byteLength);
    arena.bytes(slot).set(new Uint8Array(source.buffer, source.byteOffset, byteLength));
    return slot;
  });
  const target = arena.allocate(byteLength);
  arena.weightedSum({ dtype: 'float32', sources: slots, weights, target });
  return new Float32Array(arena.bytes(target).slice().buffer);
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0));
}

/** One full run; features of every call, both halves of the joint batch. */
async function recordRun(): Promise<Features> {
  const host = await createOnnxModelHost({ directory: demoModelDirectory() });
  try {
    const manifest = await loadManifest();
    const layout = transformerLayout(await host.describe());
    const labels = labelsFor(manifest, 'cycle', IMAGES);
    const solver = createSolver('euler', evenTimes(STEPS));
    const all = [...labels, ...labels.map(() => manifest.nullClass)].map(BigInt);
    const label = int64Tensor([all.length], BigInt64Array.from(all));
    const tensors = [{ name: 'label', tensor: { ...label, place: 'inline' } as const }];
    const run = await host.beginRun({
      runId: 'algebra',
      branches: [{ branch: JOINT_BRANCH, batch: all.length, tensors }],
      timesteps: [...solver.timesteps],
      sharedDirectory: '',
      setup: NO_SETUP,
    });
    const size = pixelCount(manifest.image);
    const x = new Float32Array(IMAGES * size);
    const seeds = labels.map((_, i) => 7 + i);
    seeds.forEach((seed, i) => fillNoise(x.subarray(i * size, (i + 1) * size), seed));
    const { channels, height, width } = manifest.image;
    const found: Features = { hidden: [], output: [] };
    const setup = { ...NO_SETUP, sites: ['hidden', 'output'] };
    const caller: NetworkCaller = {
      async call({ callIndex, x: joint }) {
        const plan = { callIndex, action: { kind: 'full' }, exceptions: [] } as const;
        const input = float32Tensor([2 * IMAGES, channels, height, width], joint);
        const source = sourceOf(run, callIndex, found);
        const output = await walkTransformer({ layout, setup, plan, input, source });
        return { velocity: float32View(output), plan };
      },
    };
    const { signal } = new AbortController();
    await sampleFlow(caller, { solver, guidance: 2, x, seeds, signal });
    await run.end();
    return found;
  } finally {
    await host.close();
  }
}

function sourceOf(run: HostRun, callIndex: number, found: Features): FeatureSource {
  return {
    async features(calls) {
      const answers = [];
      for (const { site, input } of calls) {
        const placed = input === null ? null : ({ ...input, place: 'inline' } as const);
        const key = { branch: JOINT_BRANCH, callIndex, site };
        const request = { ...key, input: placed, output: null, keep: false, selection: null };
        const { output } = await run.forward(request, { signal: new AbortController().signal });
        if (output.place !== 'inline') throw new Error(`${site} is not inline`);
        answers.push(output);
      }
      return answers;
    },
    async observe(site, feature) {
      if (site === 'hidden' || site === 'output') found[site].push(float32View(feature).slice());
    },
  };
}
