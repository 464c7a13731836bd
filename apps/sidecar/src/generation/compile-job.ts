import type { Granularity } from '@forecache/adapters';
import { createPolicy } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import { DEFAULT_SAMPLER, parseSampler } from '../sampler/samplers.js';
import { assertShift } from '../sampler/sampler-times.js';
import { parseChoice, parseInteger, parseNumber } from '../command-line/parse-values.js';
import {
  FULL_COMPUTE,
  GENERATION_MODES,
  GRANULARITIES,
  labelsFor,
  MAX_BATCH_IMAGES,
  TRANSFERS,
  type GenerationJob,
  type PolicyChoice,
} from './generation-job.js';
import { callsOfRun, solverOf } from './solver-of.js';

/** The flags that describe a job, as text. */
export interface JobFlags {
  readonly count: string;
  readonly seed: string;
  readonly class: string;
  /** Default: euler. */
  readonly sampler?: string;
  readonly steps?: string;
  /** Of the sampler's times; default: 1. */
  readonly shift?: string;
  readonly guidance?: string;
  /** Default: the policy's own. */
  readonly granularity?: string;
  readonly mode: string;
  readonly transfer: string;
  readonly batch: string;
}

/** Most images of one job. */
export const MAX_COUNT = 100_000;

/** Fills defaults from the manifest and checks everything, the policy's options included. */
export function compileJob(
  flags: JobFlags,
  policy: PolicyChoice,
  manifest: ModelManifest,
): GenerationJob {
  createPolicy(policy);
  const count = parseInteger('count', flags.count, 1);
  if (count > MAX_COUNT) throw invalidArgument('count', `<= ${MAX_COUNT}`, count);
  const batch = parseInteger('batch', flags.batch, 1);
  if (batch > MAX_BATCH_IMAGES) throw invalidArgument('batch', `<= ${MAX_BATCH_IMAGES}`, batch);
  const seed = parseInteger('seed', flags.seed, 0);
  if (!Number.isSafeInteger(seed + count))
    throw invalidArgument('seed', '<= 2^53 - 1 - count', seed);
  const mode = parseChoice('mode', flags.mode, GENERATION_MODES);
  if (mode === 'local' && !FULL_COMPUTE.includes(policy.name)) {
    const rule = `${FULL_COMPUTE.join(' or ')} with mode local, which has no sidecar`;
    throw invalidArgument('policy', rule, policy.name);
  }
  const job: GenerationJob = {
    policy,
    mode,
    granularity: parseGranularity(flags.granularity),
    transfer: parseChoice('transfer', flags.transfer, TRANSFERS),
    sampler: parseSampler(flags.sampler ?? DEFAULT_SAMPLER),
    steps: parseInteger('steps', flags.steps ?? String(manifest.sampler.steps), 1),
    shift: parseShift(flags.shift ?? '1'),
    guidance: parseNumber('guidance', flags.guidance ?? String(manifest.sampler.guidance)),
    labels: labelsFor(manifest, flags.class, count),
    seed,
    batch,
    client: 'forecache generate',
  };
  assertModeFits(job);
  return job;
}

function parseShift(text: string): number {
  const shift = parseNumber('shift', text);
  assertShift(shift);
  return shift;
}

/** A sidecar takes timesteps as positions, which fall from call to call, and its model host needs them. */
function assertModeFits(job: GenerationJob): void {
  const needsTimesteps = job.mode === 'intercept' || job.mode === 'proxy';
  if (!needsTimesteps || callsOfRun(solverOf(job)).timesteps !== undefined) return;
  const rule = `plan or local with sampler ${job.sampler}, which repeats timesteps`;
  throw invalidArgument('mode', rule, job.mode);
}

/** Where forecasts are made; null, the policy's own, where nothing is said. */
export function parseGranularity(text: string | undefined): Granularity | null {
  return text === undefined ? null : parseChoice('granularity', text, GRANULARITIES);
}
