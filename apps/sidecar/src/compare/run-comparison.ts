import type { ComparedRow, Image } from '@forecache/evaluation';
import type { LendJudges } from '../evaluation-model/judge-images.js';
import type { RowTools } from '../generation/generate-row.js';
import { remakeFirstImages, SHEET_COLUMNS } from './first-images.js';
import { measureQuality } from './measure-quality.js';
import { measureTiming, type TimingSettings } from './measure-timing.js';
import type { ComparisonPlan } from './plan-comparison.js';

/** What `runComparison` takes. */
export interface ComparisonOptions extends RowTools {
  readonly plan: ComparisonPlan;
  /** Rows of an earlier run. Those that are not in the plan are saved with the others, but not answered. */
  readonly resumed: readonly ComparedRow[];
  /** Keeps full compute's samples between runs; null to keep nothing. */
  readonly referenceFile: string | null;
  /** Lends whoever judges the images. */
  readonly withJudges: LendJudges;
  /** Null to take no times. */
  readonly timing: TimingSettings | null;
  /** Told all rows there are: after every row, and after the timing. */
  save(rows: readonly ComparedRow[]): Promise<void>;
}

/** What a comparison answers: the plan's rows in its order, with the first images of each. */
export interface ComparisonResult {
  readonly rows: readonly ComparedRow[];
  /** Of one row; makes them again where an earlier run measured the row. */
  firstImages(row: ComparedRow): Promise<readonly Image[]>;
}

/** Measures what is missing: the quality of all rows first, then, on its own, their time. */
export async function runComparison(options: ComparisonOptions): Promise<ComparisonResult> {
  const { plan, resumed, timing, save } = options;
  const rows = new Map([...resumed, ...rowsOf(plan, resumed)].map((row) => [row.key, row]));
  const seen = new Map<string, readonly Image[]>();
  await measureQuality({
    ...options,
    known: new Map(rows),
    async onRow(row, images) {
      rows.set(row.key, row);
      seen.set(row.key, images.slice(0, SHEET_COLUMNS));
      await save([...rows.values()]);
    },
  });
  if (timing !== null) {
    const timings = await measureTiming({ ...options, settings: timing, known: rows });
    for (const [key, measured] of timings) {
      const row = rows.get(key);
      if (row) rows.set(key, { ...row, timing: measured });
    }
  }
  await save([...rows.values()]);
  return {
    rows: rowsOf(plan, [...rows.values()]),
    async firstImages({ key }) {
      const planned = plan.rows.find((row) => row.key === key);
      return seen.get(key) ?? (planned ? remakeFirstImages(options, planned) : []);
    },
  };
}

/** The plan's rows as far as there are any, in its order and under its names, whatever an earlier run called them. */
export function rowsOf(
  plan: ComparisonPlan,
  measured: readonly ComparedRow[],
): readonly ComparedRow[] {
  const byKey = new Map(measured.map((row) => [row.key, row]));
  return plan.rows.flatMap(({ key, entry: { label, method } }) => {
    const row = byKey.get(key);
    return row === undefined ? [] : [{ ...row, label, method }];
  });
}
