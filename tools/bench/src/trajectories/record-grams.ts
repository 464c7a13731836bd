import {
  float32Tensor,
  float32View,
  NO_SETUP,
  transformerLayout,
  walkTransformer,
  type HostRun,
  type LocalTensor,
  type ModelHost,
  type RunSetup,
  type TransformerLayout,
} from '@forecache/adapters';
import { gramFromFeatures, type TrajectoryGram } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import {
  createForwardSource,
  createSolver,
  evenTimes,
  fillNoise,
  jointBranch,
  jointShape,
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
  const batch = { first: 0, labels };
  const solver = createSolver('euler', evenTimes(runs.steps));
  const features = new Map<string, Float32Array[]>(
    recordedSites(layout.depth).map((site) => [site, []]),
  );
  const run = await host.beginRun({
    runId: 'trajectories',
    branches: [jointBranch(batch, manifest)],
    timesteps: [...solver.timesteps],
    sharedDirectory: '',
    setup: NO_SETUP,
  });
  try {
    const seeds = labels.map((_, i) => runs.seed + i);
    const x = noiseOf(seeds, pixelCount(manifest.image));
    const kept = runs.kept ?? [0, runs.steps - 1];
    const watched = { run, layout, ...jointShape(batch, manifest), features, kept };
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

function noiseOf(seeds: readonly number[], size: number): Float32Array {
  const noise = new Float32Array(seeds.length * size);
  seeds.forEach((seed, i) => fillNoise(noise.subarray(i * size, (i + 1) * size), seed));
  return noise;
}

interface WatchedRun {
  readonly run: HostRun;
  readonly layout: TransformerLayout;
  /** Of the joint batch. */
  readonly shape: readonly number[];
  /** By site; every call adds a copy of its feature to those that are there. */
  readonly features: ReadonlyMap<string, Float32Array[]>;
  /** First and last call that is kept. */
  readonly kept: readonly [number, number];
}

/** Walks every call in full, site by site. */
function createWatchedCaller(watched: WatchedRun): NetworkCaller {
  const { run, layout, shape, features } = watched;
  const [first, last] = watched.kept;
  const isKept = (callIndex: number) => callIndex >= first && callIndex <= last;
  const setup: RunSetup = { ...NO_SETUP, sites: COMPOSED };
  return {
    async call({ callIndex, x }, signal) {
      const plan = { callIndex, action: { kind: 'full' }, exceptions: [] } as const;
      const observe = (site: string, feature: LocalTensor) => {
        if (isKept(callIndex)) features.get(site)?.push(float32View(feature).slice());
      };
      const source = createForwardSource({ run, callIndex, signal, observe });
      const input = float32Tensor(shape, x);
      const output = await walkTransformer({ layout, setup, plan, input, source });
      return { velocity: float32View(output), plan };
    },
  };
}
