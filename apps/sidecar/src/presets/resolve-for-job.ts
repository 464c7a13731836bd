import type { Granularity } from '@forecache/cache-policy';
import type { ModelManifest } from '@forecache/demo-model';
import { compileJob, parseGranularity, type JobFlags } from '../generation/compile-job.js';
import type { GenerationJob, PolicyChoice } from '../generation/generation-job.js';
import { callsOfRun, solverOf } from '../generation/solver-of.js';
import { findPreset } from './find-preset.js';
import type { PresetEnvironment } from './preset-directories.js';
import { createPolicyResolver, type AskedPolicy } from './resolve-policy.js';

/** A policy for a job's run, `preset` replaced by what it stands for. */
export interface JobPolicy {
  readonly policy: PolicyChoice;
  /** Null: the policy's own. */
  readonly granularity: Granularity | null;
  /** How the run differs from those that the preset was measured on. */
  readonly warnings: readonly string[];
}

/** What a job on the demo model is made from. */
export interface UnresolvedJob {
  readonly flags: JobFlags;
  readonly policy: PolicyChoice;
  readonly manifest: ModelManifest;
}

/** The policy that carries a job out. Everything that a preset can be compared with is known of the demo model. */
export async function resolveForJob(
  { flags, policy, manifest }: UnresolvedJob,
  env: PresetEnvironment = process.env,
): Promise<JobPolicy> {
  const granularity = parseGranularity(flags.granularity);
  if (policy.name !== 'preset') return { policy, granularity, warnings: [] };
  const job = compileJob(flags, { name: 'full', options: {} }, manifest);
  return presetForJob(job, { policy, granularity, manifest }, env);
}

/** The same for a job that is complete but for a policy that names a preset. */
export function presetForJob(
  job: Pick<GenerationJob, 'sampler' | 'steps' | 'shift' | 'guidance'>,
  { policy, granularity, manifest }: AskedPolicy & { readonly manifest: ModelManifest },
  env: PresetEnvironment = process.env,
): Promise<JobPolicy> {
  const { width, height } = manifest.image;
  const { steps, calls, timesteps = [] } = callsOfRun(solverOf(job));
  const { sampler, guidance } = job;
  const resolve = createPolicyResolver((preset) => findPreset(preset, env));
  const size = `${width}x${height}`;
  const identity = { model: manifest.id, sampler, steps, calls, timesteps, guidance, size };
  return resolve({ policy, granularity }, identity);
}
