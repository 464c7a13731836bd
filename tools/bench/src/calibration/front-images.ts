import type { ModelManifest } from '@forecache/demo-model';
import { createSolver, evenTimes, labelsFor, type CalibrationRuns } from '@forecache/sidecar';
import type { ModelHost } from '@forecache/adapters';

/** Images of seeds in a row, of the classes in turn. */
export interface ImageSet {
  readonly name: 'screening' | 'tuning' | 'test' | 'judged';
  /** Of the first image. */
  readonly seed: number;
  readonly count: number;
}

/** Settings are chosen on these; the first of them decide who is measured on all. */
export const SCREENING: ImageSet = { name: 'screening', seed: 300_000, count: 16 };
/** Settings are chosen on these. */
export const TUNING: ImageSet = { name: 'tuning', seed: 300_000, count: 64 };
/** Nothing is chosen on these. */
export const TEST: ImageSet = { name: 'test', seed: 1, count: 256 };
/** Enough for a Fréchet distance. */
export const JUDGED: ImageSet = { name: 'judged', seed: 1, count: 1000 };

/** Images in one run, as in Table 4: DMD's weights are those of a whole run. */
export const BATCH = 32;

/** The set as runs of full Euler steps, batch after batch. */
export function runsOf(
  set: Pick<ImageSet, 'seed' | 'count'>,
  network: { readonly host: ModelHost; readonly manifest: ModelManifest },
): CalibrationRuns[] {
  const { manifest } = network;
  const { steps, guidance } = manifest.sampler;
  const all = labelsFor(manifest, 'cycle', set.count);
  return Array.from({ length: Math.ceil(set.count / BATCH) }, (_, i) => {
    const labels = all.slice(i * BATCH, (i + 1) * BATCH);
    const seeds = labels.map((__, j) => set.seed + i * BATCH + j);
    return { ...network, guidance, seeds, labels, solver: createSolver('euler', evenTimes(steps)) };
  });
}

/** Samples of batches, image after image. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
