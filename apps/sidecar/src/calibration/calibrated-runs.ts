import type { ModelHost } from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';
import { shiftedTimes } from '../sampler/sampler-times.js';
import { createSolver } from '../sampler/samplers.js';
import type { Calibration } from './calibration-file.js';
import type { CalibrationRuns } from './calibration-runs.js';

/** Runs like those of a calibration: its own, or others with other seeds and classes. */
export function calibratedRuns(
  { identity, shift }: Pick<Calibration, 'identity' | 'shift'>,
  images: { readonly seeds: readonly number[]; readonly labels: readonly number[] },
  network: { readonly host: ModelHost; readonly manifest: ModelManifest },
): CalibrationRuns {
  const { sampler, steps, guidance } = identity;
  return {
    ...network,
    ...images,
    guidance,
    solver: createSolver(sampler, shiftedTimes(steps, shift)),
  };
}
