import { spreadOf, type ComparedRow, type RowTiming } from '@forecache/evaluation';
import { speedupOf } from '../evaluation-model/judge-images.js';
import { generateRow, inRounds, warmUp, type RowTools } from '../generation/generate-row.js';
import type { ComparisonPlan, PlannedRow } from './plan-comparison.js';

/** How times are taken. */
export interface TimingSettings {
  /** Images of one round; at most as many as are judged. */
  readonly images: number;
  /** How often every row is timed, in turn with the others; >= 1. */
  readonly rounds: number;
}

/** What `measureTiming` takes. */
export interface TimingOptions extends RowTools {
  readonly plan: ComparisonPlan;
  readonly settings: TimingSettings;
  /** Rows with the timings they have, by key. */
  readonly known: ReadonlyMap<string, ComparedRow>;
}

/**
 * Times every row that has no such timing yet, in turn with full compute, by key. Wants a quiet machine; the images are
 * not looked at.
 */
export async function measureTiming(
  options: TimingOptions,
): Promise<ReadonlyMap<string, RowTiming>> {
  const { plan, settings, known } = options;
  const missing = plan.rows.filter((row) => !isTimed(row, settings, known.get(row.key)));
  if (missing.length === 0) return new Map();
  const rows = [plan.reference, ...missing.filter((row) => row !== plan.reference)];
  const shortened = rows.map(({ job, entry }) => ({
    label: `${entry.label}, timing`,
    job: { ...job, labels: job.labels.slice(0, settings.images) },
  }));
  const firstTwo = shortened.slice(0, 2).map(({ job }) => job);
  await warmUp(options, firstTwo);
  const summary = ({ wallMs }: { readonly wallMs: number }) => `${(wallMs / 1000).toFixed(2)} s`;
  const wallMs = await inRounds(shortened, settings.rounds, async ({ label, job }) => {
    return (await generateRow(options, job, { label, summary })).wallMs;
  });
  const fullMs = wallMs[0] ?? [];
  return new Map(
    rows.map(({ key, job: { batch, mode } }, i) => {
      const ownMs = wallMs[i] ?? [];
      const msPerImage = spreadOf(ownMs.map((ms) => ms / settings.images));
      return [key, { ...settings, batch, mode, msPerImage, speedup: speedupOf(fullMs, ownMs) }];
    }),
  );
}

/** Whether a row has a timing that was taken just as these settings ask for. */
function isTimed(
  { job }: PlannedRow,
  { images, rounds }: TimingSettings,
  known: ComparedRow | undefined,
): boolean {
  const timing = known?.timing ?? null;
  if (timing === null) return false;
  const isSameSize = timing.images === images && timing.batch === job.batch;
  return isSameSize && timing.mode === job.mode && timing.rounds === rounds;
}
