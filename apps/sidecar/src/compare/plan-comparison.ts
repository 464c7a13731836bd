import { createHash } from 'node:crypto';
import { createPolicy, type Granularity } from '@forecache/cache-policy';
import { ForecastError } from '@forecache/core';
import { demoModelDirectory, type ModelManifest } from '@forecache/demo-model';
import { compileJob, type JobFlags } from '../generation/compile-job.js';
import type { GenerationJob, PolicyChoice } from '../generation/generation-job.js';
import { resolveForJob } from '../presets/resolve-for-job.js';
import { FULL_ENTRY, type LineUpEntry } from './line-up.js';
import { modelFingerprint } from './model-fingerprint.js';

/** One row that is to be measured. */
export interface PlannedRow {
  readonly entry: LineUpEntry;
  readonly job: GenerationJob & { readonly granularity: Granularity };
  /** Policy name and effective options. */
  readonly policy: string;
  /** Everything that the row's quality depends on. */
  readonly key: string;
  /** How the run differs from those that a preset was measured on. */
  readonly warnings: readonly string[];
}

/** A whole comparison: full compute first, then the line-up. */
export interface ComparisonPlan {
  readonly reference: PlannedRow;
  /** The reference included. */
  readonly rows: readonly PlannedRow[];
}

/** The flags that all rows share, as text. */
export type SharedFlags = Omit<JobFlags, 'granularity'>;

/** Checks a line-up and its settings, and gives every row its key. */
export async function planComparison(
  entries: readonly LineUpEntry[],
  flags: SharedFlags,
  manifest: ModelManifest,
): Promise<ComparisonPlan> {
  const model = await modelFingerprint(manifest, demoModelDirectory());
  const plan = async (entry: LineUpEntry): Promise<PlannedRow> => {
    const asked =
      entry.granularity === undefined ? flags : { ...flags, granularity: entry.granularity };
    const resolved = await resolveForJob({ flags: asked, policy: entry.policy, manifest });
    const policy = createPolicy(resolved.policy);
    const granularity = resolved.granularity ?? policy.granularities[0] ?? 'module';
    const compiled = compileJob({ ...flags, granularity }, resolved.policy, manifest);
    const job = { ...compiled, granularity, client: 'forecache compare' };
    const key = rowKey(contentOf(resolved.policy), job, { model, class: flags.class });
    return { entry, job, policy: policy.toString(), key, warnings: resolved.warnings };
  };
  const reference = await plan(FULL_ENTRY);
  const planned = await Promise.all(entries.map(plan));
  const others = planned.filter(({ policy }) => policy !== reference.policy);
  assertDistinct(others);
  return { reference, rows: [reference, ...others] };
}

/** A policy as text, with the numbers behind a preset's name: one that is fitted again is another row. */
function contentOf(policy: PolicyChoice): string {
  const label = createPolicy(policy).toString();
  const { preset, ...numbers } = policy.options;
  if (policy.name !== 'scheduled' || preset === undefined) return label;
  const digest = createHash('sha256').update(JSON.stringify(numbers)).digest('hex');
  return `${label}#${digest.slice(0, 12)}`;
}

/**
 * Rows with one key are one measurement. The batch is part of it: adaptive policies decide for a whole batch. The mode
 * is not: the three give the same bits.
 */
function rowKey(
  policy: string,
  job: PlannedRow['job'],
  names: { readonly model: string; readonly class: string },
): string {
  const shown = names.class === 'cycle' ? 'cycle' : job.labels[0];
  return [
    `${policy}@${job.granularity}`,
    `steps=${job.steps}`,
    `guidance=${job.guidance}`,
    `class=${shown}`,
    `seed=${job.seed}`,
    `count=${job.labels.length}`,
    `batch=${job.batch}`,
    `model=${names.model}`,
  ].join(' ');
}

function assertDistinct(rows: readonly PlannedRow[]): void {
  const seen = new Map<string, string>();
  for (const { key, policy, entry } of rows) {
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      const message = `the line-up has ${policy} twice, as "${earlier}" and "${entry.label}"`;
      throw new ForecastError('invalid-argument', message);
    }
    seen.set(key, entry.label);
  }
}
