import type { WalkFitOptions } from '@forecache/cache-policy';
import { bestTaylorSeer, fitOnWalk, optimizeSchedule } from '@forecache/sidecar';
import {
  CALIBRATION,
  judge,
  recordMaterial,
  UNSEEN,
  USUAL,
  type Conditions,
  type ImageSet,
  type Material,
  type Network,
  type WeightedSchedule,
} from './ablation-material.js';
import type { ResultsFile } from './ablation-results-file.js';
import { cellName, type TransferCell, type TransferRow } from './transfer-cells.js';

/** Freedom of the weights that is tried, by leaving images of the calibration out. */
export const CHOICES: readonly WalkFitOptions[] = Object.freeze([
  { history: 3, ridge: 1e-5 },
  { history: 3, ridge: 1e-4 },
  { history: 3, ridge: 1e-3 },
  { history: 4, ridge: 1e-5 },
]);

/** Freedom where nothing is chosen. */
const MIDDLE: WalkFitOptions = Object.freeze({ history: 3, ridge: 1e-4 });

/** What every topic measures with. Nothing is made that is not needed for a missing row. */
export interface TransferBench {
  /** Training lengths other than the shipped that there is a network of. */
  readonly trained: readonly number[];
  /** The preset of the usual conditions, kept on disk. */
  usualPreset(count: number): Promise<WeightedSchedule>;
  /** A preset of other conditions or images. */
  makePreset(made: MadeOn, count: number): Promise<WeightedSchedule>;
  /** Weights fitted under other conditions, on a walk of a schedule that was found elsewhere. */
  fitThere(made: MadeOn, fullCalls: readonly number[]): Promise<WeightedSchedule>;
  /** Measures a cell on unseen images. */
  measure(cell: TransferCell, judged: MadeOn, make: MakeSchedule): Promise<void>;
  /** Measures TaylorSeer with evenly spaced full calls, by the best of its rules on these very images. */
  measureTaylorSeer(cell: TransferCell, judged: MadeOn, fullCalls: number): Promise<void>;
}

/** Conditions, images and weights that differ from the usual ones. */
export interface MadeOn extends Partial<Conditions> {
  readonly images?: Partial<ImageSet>;
  /** Optimiser steps that the network was trained for; default as shipped. */
  readonly trained?: number;
}

/** The shipped network, and the same one trained for other numbers of optimiser steps. */
export interface Networks {
  readonly shipped: Network;
  readonly trained: ReadonlyMap<number, Network>;
}

/** Makes what is judged. */
export type MakeSchedule = () => WeightedSchedule | Promise<WeightedSchedule>;

/** Opens the bench over a record. */
export function createTransferBench(
  networks: Networks,
  cells: ResultsFile<TransferRow>,
  presets: ResultsFile<WeightedSchedule>,
): TransferBench {
  const recorded = createRecorder(networks);
  const makePreset = async (made: MadeOn, count: number) =>
    optimized(await recorded(made, CALIBRATION), count);
  return {
    trained: [...networks.trained.keys()],
    makePreset,
    usualPreset: (count) => presets.measured(String(count), () => makePreset({}, count)),
    async fitThere(made, fullCalls) {
      const { runs, full, response, positions, signal } = await recorded(made, CALIBRATION);
      const fit = { full, response, positions, fullCalls, ...MIDDLE };
      const { weights } = await fitOnWalk(runs, fit, { signal });
      return { fullCalls, weights };
    },
    async measure(cell, judged, make) {
      await cells.measured(cellName(cell), async () => {
        const schedule = await make();
        const distance = await judge(await recorded(judged, UNSEEN), schedule);
        return { ...cell, fullCalls: schedule.fullCalls, ...distance };
      });
    },
    async measureTaylorSeer(cell, judged, count) {
      await cells.measured(cellName(cell), async () => {
        const { runs, full, signal } = await recorded(judged, UNSEEN);
        const best = await bestTaylorSeer(runs, full, { count, signal });
        const { fullCalls, psnr, relativeError } = best;
        return { ...cell, fullCalls, psnr, relativeError };
      });
    },
  };
}

/** Full runs are made once while they are asked for again and again. */
function createRecorder(networks: Networks) {
  const known = new Map<string, Promise<Material>>();
  return ({ images = {}, trained, ...changed }: MadeOn, usual: ImageSet): Promise<Material> => {
    const network = networkOf(networks, trained);
    const conditions = { ...USUAL, ...changed };
    const all = { ...usual, ...images };
    const key = JSON.stringify([conditions, all, trained]);
    let material = known.get(key);
    if (material === undefined) {
      const [oldest] = known.keys();
      if (oldest !== undefined && known.size >= MOST_KEPT) known.delete(oldest);
      known.set(key, (material = recordMaterial(network, conditions, all)));
    }
    return material;
  };
}

function networkOf({ shipped, trained }: Networks, steps: number | undefined): Network {
  if (steps === undefined) return shipped;
  const network = trained.get(steps);
  if (network === undefined) throw new Error(`there is no network trained for ${steps} steps`);
  return network;
}

/** 64 images of 50 calls are 10 MB. */
const MOST_KEPT = 40;

async function optimized(learned: Material, count: number): Promise<WeightedSchedule> {
  const { grams, ...rest } = learned;
  const problem = { ...rest, grams: grams(), attempts: 0, choices: CHOICES };
  const { fullCalls, weights } = await optimizeSchedule(problem, count);
  return { fullCalls, weights };
}
