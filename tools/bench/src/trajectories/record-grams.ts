import {
  float32Tensor,
  float32View,
  int64Tensor,
  NO_SETUP,
  transformerLayout,
  walkTransformer,
  type FeatureSource,
  type HostRun,
  type LocalTensor,
  type ModelHost,
  type RunSetup,
  type TransformerLayout,
} from '@forecache/adapters';
import { ForecastError, gramFromFeatures, type TrajectoryGram } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
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

/** Full runs to record: image i is made from seed + i, of the classes in turn. */
export interface RecordedRuns {
  readonly images: number;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  /** First and last call whose features are kept; default every call. */
  readonly kept?: readonly [number, number];
}

/** One site's trajectory: inner products between its calls, all images put end to end. */
export interface SiteGram {
  /** `blocks.4.mlp`. */
  readonly site: string;
  readonly gram: TrajectoryGram;
}

/** What the runs are made with. */
export interface RecordingTools {
  readonly host: ModelHost;
  readonly manifest: ModelManifest;
  readonly signal: AbortSignal;
}

/** Sites that only the walk can compose; the others are answered by the host one by one. */
const COMPOSED = ['hidden', 'output'] as const;

/** The recorded sites: both branches of the middle block, the hidden state before the head, the network's output. */
export function recordedSites(depth: number): readonly string[] {
  const middle = Math.floor(depth / 2);
  return [`blocks.${middle}.attention`, `blocks.${middle}.mlp`, ...COMPOSED];
}

/** Samples the images by full compute in one run and gives every site's inner products. */
export async function recordGrams(
  runs: RecordedRuns,
  { host, manifest, signal }: RecordingTools,
): Promise<readonly SiteGram[]> {
  const layout = transformerLayout(await host.describe());
  const labels = labelsFor(manifest, 'cycle', runs.images);
  const solver = createSolver('euler', evenTimes(runs.steps));
  const features = new Map<string, Float32Array[]>(
    recordedSites(layout.depth).map((site) => [site, []]),
  );
  const run = await host.beginRun({
    runId: 'trajectories',
    branches: [jointBranch(labels, manifest)],
    timesteps: [...solver.timesteps],
    sharedDirectory: '',
    setup: NO_SETUP,
  });
  try {
    const seeds = labels.map((_, i) => runs.seed + i);
    const x = noiseOf(seeds, pixelCount(manifest.image));
    const kept = runs.kept ?? [0, runs.steps - 1];
    const watched = { run, layout, manifest, images: labels.length, features, kept };
    const caller = createWatchedCaller(watched);
    await sampleFlow(caller, { solver, guidance: runs.guidance, x, seeds, signal });
  } finally {
    await run.end();
  }
  return [...features].map(([site, calls]) => ({
    site,
    gram: { products: gramFromFeatures(calls) },
  }));
}

/** The classes, then as many times no class. */
function jointBranch(labels: readonly number[], { nullClass }: ModelManifest) {
  const all = [...labels, ...labels.map(() => nullClass)].map(BigInt);
  const label = int64Tensor([all.length], BigInt64Array.from(all));
  const tensors = [{ name: 'label', tensor: { ...label, place: 'inline' } as const }];
  return { branch: JOINT_BRANCH, batch: all.length, tensors };
}

function noiseOf(seeds: readonly number[], size: number): Float32Array {
  const noise = new Float32Array(seeds.length * size);
  seeds.forEach((seed, i) => fillNoise(noise.subarray(i * size, (i + 1) * size), seed));
  return noise;
}

interface WatchedRun {
  readonly run: HostRun;
  readonly layout: TransformerLayout;
  readonly manifest: ModelManifest;
  readonly images: number;
  /** By site; every call adds a copy of its feature to those that are there. */
  readonly features: ReadonlyMap<string, Float32Array[]>;
  /** First and last call that is kept. */
  readonly kept: readonly [number, number];
}

/** Walks every call in full, site by site. */
function createWatchedCaller(watched: WatchedRun): NetworkCaller {
  const { layout, manifest, images } = watched;
  const { channels, height, width } = manifest.image;
  const shape = [2 * images, channels, height, width];
  const setup: RunSetup = { ...NO_SETUP, sites: COMPOSED };
  return {
    async call({ callIndex, x }, signal) {
      const plan = { callIndex, action: { kind: 'full' }, exceptions: [] } as const;
      const source = createWatchedSource(watched, { callIndex, signal });
      const input = float32Tensor(shape, x);
      const output = await walkTransformer({ layout, setup, plan, input, source });
      return { velocity: float32View(output), plan };
    },
  };
}

function createWatchedSource(
  { run, features, kept: [first, last] }: WatchedRun,
  { callIndex, signal }: { readonly callIndex: number; readonly signal: AbortSignal },
): FeatureSource {
  const isKept = callIndex >= first && callIndex <= last;
  const keep = (site: string, feature: LocalTensor) => {
    if (isKept) features.get(site)?.push(float32View(feature).slice());
  };
  const forward = async (site: string, input: LocalTensor | null): Promise<LocalTensor> => {
    const placed = input === null ? null : ({ ...input, place: 'inline' } as const);
    const key = { branch: JOINT_BRANCH, callIndex, site };
    const request = { ...key, input: placed, output: null, keep: false, selection: null };
    const { output } = await run.forward(request, { signal });
    if (output.place === 'inline') return output;
    throw new ForecastError('internal', `site ${site} must be answered inline`);
  };
  return {
    async features(calls) {
      const answers: LocalTensor[] = [];
      for (const { site, input } of calls) {
        const feature = await forward(site, input);
        keep(site, feature);
        answers.push(feature);
      }
      return answers;
    },
    observe: async (site, feature) => keep(site, feature),
  };
}
