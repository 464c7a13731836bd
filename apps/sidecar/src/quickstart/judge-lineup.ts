import { spreadOf, type PolicyResult } from '@forecache/evaluation';
import { judgeImages, speedupOf, type Judges } from '../evaluation-model/judge-images.js';
import { featuresOf } from '../generation/run-record.js';
import { DIRECT_LABEL, FULL_LABEL } from './lineup.js';
import type { RunEntry } from './run-lineup.js';

/** Measures every row against the full-compute row of the same seeds. */
export async function judgeLineup(
  runs: readonly RunEntry[],
  judges: Judges,
): Promise<PolicyResult[]> {
  const labelled = (label: string) => runs.find(({ entry }) => entry.label === label);
  const results: PolicyResult[] = [];
  for (const run of runs) {
    const full = labelled(FULL_LABEL) ?? run;
    const baseline = run.entry.mode === 'plan' ? (labelled(DIRECT_LABEL) ?? full) : full;
    results.push(await judge(run, { full, baseline }, judges));
  }
  return results;
}

/** What a row is compared with. */
interface Comparison {
  /** Whose images are the reference. */
  readonly full: RunEntry;
  /** Whose wall time is 1: full compute that carries tensors as this row does. */
  readonly baseline: RunEntry;
}

async function judge(
  run: RunEntry,
  { full, baseline }: Comparison,
  judges: Judges,
): Promise<PolicyResult> {
  const { entry, generated } = run;
  const features = entry.mode === 'local' ? null : featuresOf(generated.statistics);
  const references = run === full ? null : full.generated.images;
  return {
    label: entry.label,
    policy: generated.policy,
    actions: generated.actions,
    forwarded: features?.forwarded ?? null,
    partial: features?.partial ?? null,
    forecast: features?.forecast ?? null,
    wallMs: spreadOf(run.wallMs).mean,
    speedup: speedupOf(baseline.wallMs, run.wallMs),
    ...(await judgeImages(generated.images, references, judges)),
  };
}
