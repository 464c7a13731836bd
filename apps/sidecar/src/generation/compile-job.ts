import type { Granularity } from '@forecache/adapters';
import { createPolicy } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
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

/** The flags that describe a job, as text. */
export interface JobFlags {
  readonly count: string;
  readonly seed: string;
  readonly class: string;
  readonly steps?: string;
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
  return {
    policy,
    mode,
    granularity: parseGranularity(flags.granularity),
    transfer: parseChoice('transfer', flags.transfer, TRANSFERS),
    steps: parseInteger('steps', flags.steps ?? String(manifest.sampler.steps), 1),
    guidance: parseNumber('guidance', flags.guidance ?? String(manifest.sampler.guidance)),
    labels: labelsFor(manifest, flags.class, count),
    seed,
    batch,
    client: 'forecache generate',
  };
}

/** Where forecasts are made; null, the policy's own, where nothing is said. */
export function parseGranularity(text: string | undefined): Granularity | null {
  return text === undefined ? null : parseChoice('granularity', text, GRANULARITIES);
}
