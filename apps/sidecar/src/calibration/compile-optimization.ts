import { callsOf, isPresetName, PRESET_NAME_RULE } from '@forecache/cache-policy';
import { ForecastError, invalidArgument } from '@forecache/core';
import { parseInteger, parseNumber, parseNumbers } from '../command-line/parse-values.js';
import { MAX_BATCH_IMAGES } from '../generation/generation-job.js';
import { readCalibration, type Calibration } from './calibration-file.js';

/** The flags of `forecache optimize`, as text. */
export interface OptimizeFlags {
  readonly name: string;
  readonly fullCalls?: string;
  readonly targetPsnr?: string;
  readonly attempts: string;
  readonly heldOut: string;
  readonly heldOutSeed: string;
}

/** What is to be optimised, complete and checked. */
export interface CompiledOptimization {
  readonly calibration: Calibration;
  readonly name: string;
  /** Numbers of full calls, rising; null: as few as `targetPsnr` needs. */
  readonly fullCalls: readonly number[] | null;
  /** In dB; null where numbers are given. */
  readonly targetPsnr: number | null;
  readonly attempts: number;
  /** Seeds and classes that nothing is fitted on. */
  readonly heldOut: { readonly seeds: readonly number[]; readonly labels: readonly number[] };
}

/** Reads the calibration and checks everything, before anything is started. */
export async function compileOptimization(
  file: string,
  flags: OptimizeFlags,
): Promise<CompiledOptimization> {
  const { name, fullCalls, targetPsnr } = flags;
  if (!isPresetName(name)) throw invalidArgument('name', PRESET_NAME_RULE, name);
  if (fullCalls !== undefined && targetPsnr !== undefined) {
    const message = 'full-calls and target-psnr both say how many full calls: give one of them';
    throw new ForecastError('invalid-argument', message);
  }
  const calibration = await readCalibration(file);
  const calls = callsOf(calibration.response);
  return {
    calibration,
    name,
    fullCalls: targetPsnr === undefined ? countsOf(fullCalls ?? defaultCounts(calls), calls) : null,
    targetPsnr: targetPsnr === undefined ? null : parseNumber('target-psnr', targetPsnr),
    attempts: parseInteger('attempts', flags.attempts, 0),
    heldOut: heldOutImages(flags, calibration),
  };
}

/** About a half to a tenth of the calls: 24, 18, 14, 12, 10, 9, 7, 5 of 50. */
function defaultCounts(calls: number): string {
  const shares = [0.1, 0.14, 0.18, 0.2, 0.24, 0.28, 0.36, 0.48];
  return [...new Set(shares.map((share) => Math.max(1, Math.round(share * calls))))].join();
}

function countsOf(text: string, calls: number): readonly number[] {
  const counts = [...new Set(parseNumbers('full-calls', text))].sort((a, b) => a - b);
  counts.forEach((count) => {
    if (Number.isInteger(count) && count >= 1 && count <= calls) return;
    throw invalidArgument('full-calls', `integers between 1 and the run's ${calls} calls`, text);
  });
  return counts;
}

function heldOutImages(flags: OptimizeFlags, { seeds, labels }: Calibration) {
  const count = parseInteger('held-out', flags.heldOut, 1);
  if (count > MAX_BATCH_IMAGES) throw invalidArgument('held-out', `<= ${MAX_BATCH_IMAGES}`, count);
  const first = parseInteger('held-out-seed', flags.heldOutSeed, 0);
  const unseen = Array.from({ length: count }, (_, i) => first + i);
  const shared = unseen.find((seed) => seeds.includes(seed));
  if (shared !== undefined) {
    throw invalidArgument('held-out-seed', 'such that no seed is one of the calibration', shared);
  }
  return { seeds: unseen, labels: unseen.map((_, i) => labels[i % labels.length] ?? 0) };
}
