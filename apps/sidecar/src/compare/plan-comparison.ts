import { createPolicy, type Granularity } from '@forecache/cache-policy';
import { ForecastError } from '@forecache/core';
import { demoModelDirectory, type ModelManifest } from '@forecache/demo-model';
import { compileJob, type JobFlags } from '../generation/compile-job.js';
import type { GenerationJob } from '../generation/generation-job.js';
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
  const plan = (entry: LineUpEntry): PlannedRow => {
    const policy = createPolicy(entry.policy);
    const granularity = entry.granularity ?? policy.granularities[0] ?? 'module';
    const compiled = compileJob({ ...flags, granularity }, entry.policy, manifest);
    const job = { ...compiled, granularity, client: 'forecache compare' };
    const key = rowKey(policy.toString(), job, { model, class: flags.class });
    return { entry, job, policy: policy.toString(), key };
  };
  const reference = plan(FULL_ENTRY);
  const others = entries.map(plan).filter(({ policy }) => policy !== reference.policy);
  assertDistinct(others);
  return { reference, rows: [reference, ...others] };
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
