import type { CallWeights, PresetVariant } from '@forecache/cache-policy';
import { siteOf, sitesOfGranularity, type ModelDescription } from '@forecache/adapters';
import {
  createSolver,
  evenSchedule,
  evenTimes,
  sampleRuns,
  type CalibrationRuns,
} from '@forecache/sidecar';
import {
  CALIBRATION,
  imagesOf,
  UNSEEN,
  USUAL,
  type ImageSet,
  type Network,
} from './ablation-material.js';
import type { ResultsFile } from './ablation-results-file.js';
import { joined } from './front-images.js';
import { distancesOf } from './front-run.js';
import { ruleWeights } from './front-sample.js';
import {
  crossFitFeatures,
  fitFeatures,
  recordFeatures,
  type FeatureMaterial,
  type FittedTo,
} from './granularity-fit.js';
import {
  GRANULARITIES,
  rowName,
  type ComparedGranularity,
  type GranularityCell,
  type GranularityCost,
  type GranularityFit,
  type GranularityRow,
} from './granularity-rows.js';
import { samplePlanned } from './granularity-sample.js';

/** What is on disk. */
export interface GranularityResults {
  /** The preset's variants as they were when the first row was measured. */
  readonly schedules: ResultsFile<Pick<PresetVariant, 'fullCalls' | 'weights'>>;
  readonly costs: ResultsFile<GranularityCost>;
  readonly fits: ResultsFile<GranularityFit>;
  readonly rows: ResultsFile<GranularityRow>;
}

/** Measures rows; what several need is made once. */
export interface GranularityBench {
  measure(cell: GranularityCell, count: number): Promise<void>;
}

/** Images of one run: features of 16 fit into memory. */
const BATCH = 16;

/** Ridges that are tried with `MIDDLE_HISTORY`, and then other histories with the best of them. */
const RIDGES = [1e-3, 1e-2, 1e-1, 1];
const MIDDLE_HISTORY = 3;
const OTHER_HISTORIES = [2, 4];

/** Opens the bench over a record. */
export function createGranularityBench(
  network: Network,
  { schedules, fits, rows }: GranularityResults,
): GranularityBench {
  const { manifest, signal } = network;
  const calls = USUAL.steps;
  const unseen = batchesOf(network, UNSEEN);
  const full = once(async () => {
    const parts: Float32Array[] = [];
    for (const runs of unseen) parts.push(await sampleRuns(runs, { signal }));
    return joined(parts);
  });
  const material = latest((granularity: ComparedGranularity) =>
    recordFeatures({ runs: runsOf(network, CALIBRATION), granularity, signal }),
  );
  const variantOf = (count: number) => {
    const variant = schedules.find(String(count));
    if (variant === undefined) throw new Error(`no schedule of ${count} full calls`);
    return variant;
  };
  const fullCallsOf = ({ schedule }: GranularityCell, count: number) =>
    schedule === 'even' ? evenSchedule(calls, count) : variantOf(count).fullCalls;
  const weightsOf = async (cell: GranularityCell, count: number) => {
    const fullCalls = fullCallsOf(cell, count);
    const { weights } = cell;
    if (weights === 'preset') return variantOf(count).weights;
    if (weights === 'line') {
      return ruleWeights({ forecaster: 'newton', order: 1 }, fullCalls, calls);
    }
    if (weights === 'walk' || weights === 'full runs') {
      const fitted = await fits.measured(rowName(cell, count), async () =>
        chooseAndFit(await material(cell.granularity), fullCalls, weights),
      );
      return fitted.weights;
    }
    const order = Number(weights.slice('order '.length));
    return ruleWeights({ forecaster: 'official', order, growth: 'eager' }, fullCalls, calls);
  };
  return {
    async measure(cell, count) {
      await rows.measured(rowName(cell, count), async () => {
        const weights: readonly CallWeights[] = await weightsOf(cell, count);
        const fullCalls = fullCallsOf(cell, count);
        const planned = { granularity: cell.granularity, fullCalls, weights };
        const parts: Float32Array[] = [];
        for (const runs of unseen) parts.push(await samplePlanned(runs, planned, signal));
        return { ...cell, count, ...distancesOf(joined(parts), await full(), manifest.image) };
      });
    },
  };
}

/** What forecasts at every granularity compute and store, from the host's own description of its sites. */
export async function recordCosts(
  { host }: Network,
  costs: ResultsFile<GranularityCost>,
): Promise<void> {
  const description = await host.describe();
  for (const granularity of GRANULARITIES) {
    await costs.measured(granularity, async () => costOf(description, granularity));
  }
}

/** Guidance makes two samples of an image. */
const SAMPLES = 2;

function costOf(description: ModelDescription, granularity: ComparedGranularity): GranularityCost {
  const flops = (name: string) => SAMPLES * siteOf(description, name).flops;
  const modules = sitesOfGranularity(description, 'module');
  const others = ['embed', 'modulation', 'head'].reduce((sum, name) => sum + flops(name), 0);
  const numbers = sitesOfGranularity(description, granularity).map((site) =>
    siteOf(description, site).output.shape.reduce((size, side) => size * side, SAMPLES),
  );
  return {
    fullCallFlops: modules.reduce((sum, name) => sum + flops(name), others),
    forecastCallFlops: granularity === 'output' ? 0 : others,
    numbers: numbers.reduce((sum, size) => sum + size, 0),
  };
}

/** Chooses the freedom of the weights on left-out images, then fits on all. */
async function chooseAndFit(
  material: FeatureMaterial,
  fullCalls: readonly number[],
  fittedTo: FittedTo,
): Promise<GranularityFit> {
  const tried: Record<string, number> = {};
  let best = { history: MIDDLE_HISTORY, ridge: NaN, psnr: -Infinity };
  const attempt = async (history: number, ridge: number) => {
    const { psnr } = await crossFitFeatures(material, { fullCalls, fittedTo, history, ridge });
    tried[`${history}, ${ridge}`] = Number(psnr.toFixed(4));
    if (psnr > best.psnr) best = { history, ridge, psnr };
  };
  for (const ridge of RIDGES) await attempt(MIDDLE_HISTORY, ridge);
  const { ridge: chosen } = best;
  for (const history of OTHER_HISTORIES) await attempt(history, chosen);
  const { history, ridge } = best;
  const { weights } = await fitFeatures(material, { fullCalls, fittedTo, history, ridge });
  return { fullCalls, history, ridge, tried, weights };
}

function runsOf({ host, manifest }: Network, images: ImageSet): CalibrationRuns {
  const { sampler, steps, guidance } = USUAL;
  const solver = createSolver(sampler, evenTimes(steps));
  return { host, manifest, solver, guidance, ...imagesOf(images, manifest) };
}

function batchesOf(network: Network, images: ImageSet): CalibrationRuns[] {
  const { seeds, labels, ...rest } = runsOf(network, images);
  return Array.from({ length: Math.ceil(seeds.length / BATCH) }, (_, i) => ({
    ...rest,
    seeds: seeds.slice(i * BATCH, (i + 1) * BATCH),
    labels: labels.slice(i * BATCH, (i + 1) * BATCH),
  }));
}

/** Makes it when it is first needed. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}

/** Keeps what was asked last: the features of one granularity are hundreds of megabytes. */
function latest<Key, Made>(make: (key: Key) => Promise<Made>): (key: Key) => Promise<Made> {
  let known: { readonly key: Key; readonly made: Promise<Made> } | null = null;
  return (key) => {
    if (known?.key !== key) known = { key, made: make(key) };
    return known.made;
  };
}
