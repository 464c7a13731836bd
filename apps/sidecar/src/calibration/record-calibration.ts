import type { GenerationJob } from '../generation/generation-job.js';
import { callsOfRun } from '../generation/solver-of.js';
import { samplerResponse } from '../sampler/sampler-response.js';
import { calibratedRuns } from './calibrated-runs.js';
import type { Calibration } from './calibration-file.js';
import type { CalibrationRuns } from './calibration-runs.js';
import { gramsOf, recordFully } from './full-trajectories.js';

/** Makes a job's images in full, one batch, and keeps the inner products of every image's outputs. */
export async function recordCalibration(
  job: Pick<GenerationJob, 'sampler' | 'steps' | 'shift' | 'guidance' | 'labels' | 'seed'>,
  network: Pick<CalibrationRuns, 'host' | 'manifest'>,
  options: { readonly signal: AbortSignal; onCall?(): void },
): Promise<Calibration> {
  const { sampler, steps, shift, guidance, labels, seed } = job;
  const { image, id } = network.manifest;
  const size = `${image.width}x${image.height}`;
  const identity = { model: id, sampler, steps, guidance, size };
  const seeds = labels.map((_, i) => seed + i);
  const unsolved = { identity: { ...identity, calls: steps, timesteps: [] }, shift };
  const runs = calibratedRuns(unsolved, { seeds, labels }, network);
  const calls = runs.solver.timesteps.length;
  // Times that repeat, as Heun's do, are no positions.
  const { timesteps = [] } = callsOfRun(runs.solver);
  const { outputs } = await recordFully(runs, options);
  return {
    identity: { ...identity, calls, timesteps },
    shift,
    seeds,
    labels,
    response: samplerResponse(runs.solver),
    grams: gramsOf(outputs, seeds.length),
  };
}
