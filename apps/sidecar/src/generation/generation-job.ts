import type { Granularity } from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';
import { findClass, type ModelManifest } from '@forecache/demo-model';
import type { SamplerName } from '../sampler/samplers.js';

/** How calls are answered; `local` is this process alone, without a sidecar. */
export type GenerationMode = 'intercept' | 'plan' | 'proxy' | 'local';

/** How tensors travel to the sidecar. */
export type Transfer = 'inline' | 'shared';

/** Every mode, in the order of the help text. */
export const GENERATION_MODES: readonly GenerationMode[] = ['intercept', 'plan', 'proxy', 'local'];

/** Both transfers. */
export const TRANSFERS: readonly Transfer[] = ['inline', 'shared'];

/** Every granularity, the smallest parts of the network first. */
export const GRANULARITIES: readonly Granularity[] = [
  'module',
  'block',
  'residual',
  'hidden',
  'output',
  'change',
];

/** Help text of `--granularity`. */
export const GRANULARITY_HELP = `where forecasts are made: ${GRANULARITIES.join(', ')}; default: the policy’s own`;

/** A policy by name with its options as text. */
export interface PolicyChoice {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Policies that compute every call they make, as whoever asks for them knows. */
export const FULL_COMPUTE: readonly string[] = ['full', 'fewer-steps'];

/** Images to make, complete and checked. */
export interface GenerationJob {
  readonly policy: PolicyChoice;
  readonly mode: GenerationMode;
  /** Where forecasts are made; null leaves it to the policy. */
  readonly granularity: Granularity | null;
  readonly transfer: Transfer;
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Of the sampler's times: above 1 towards the noise. */
  readonly shift: number;
  readonly guidance: number;
  /** Class index of every image. */
  readonly labels: readonly number[];
  /** Image i is made from seed + i. */
  readonly seed: number;
  /** Images in one run. */
  readonly batch: number;
  /** Free text for the sidecar's logs. */
  readonly client: string;
}

/** Images of one run: a range of a job's. */
export interface Batch {
  readonly first: number;
  readonly labels: readonly number[];
}

/** Images in one run when nobody says otherwise. */
export const DEFAULT_BATCH = 16;

/** Most images in one run: the joint batch of a model host holds twice as many samples. */
export const MAX_BATCH_IMAGES = 128;

/** The job's images in runs of at most `batch`. */
export function batchesOf({ labels, batch }: GenerationJob): Batch[] {
  const runs = Math.ceil(labels.length / batch);
  return Array.from({ length: runs }, (_, i) => ({
    first: i * batch,
    labels: labels.slice(i * batch, (i + 1) * batch),
  }));
}

/** Class indices of `count` images: one class for all, or all classes in turn for `cycle`. */
export function labelsFor(manifest: ModelManifest, wanted: string, count: number): number[] {
  const classes = manifest.classNames;
  if (wanted === 'cycle') return Array.from({ length: count }, (_, i) => i % classes.length);
  const found = findClass(manifest, wanted);
  if (found !== null) return new Array<number>(count).fill(found.index);
  const rule = `cycle, 0 to ${classes.length - 1} or one of ${classes.join(', ')}`;
  throw invalidArgument('class', rule, wanted);
}
