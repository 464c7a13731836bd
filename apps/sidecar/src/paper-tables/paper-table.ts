import type { PolicySpec } from '@forecache/cache-policy';
import type { AttentionReuse } from '../cost/call-work.js';
import type { CallCount } from './known-call.js';

/** The cost columns of one table of the paper (TaylorSeer, arXiv 2503.06923). */
export interface PaperTable {
  readonly number: number;
  readonly caption: string;
  /** Model of the catalog, at its default size. */
  readonly model: string;
  readonly steps: number;
  /** Decimals that the table prints. */
  readonly decimals: { readonly teraFlops: number; readonly speedup: number };
  /** Speed-ups refer to full compute. */
  readonly rows: readonly PaperRow[];
}

/** One row: what the paper prints, and what is known about where it comes from. */
export interface PaperRow {
  /** As printed. */
  readonly method: string;
  readonly published: PublishedCost;
  /** The method's own schedule. Null: it is decided from measurements, so there is none before the run. */
  readonly schedule: Schedule | null;
  /** What comes closer to the printed number than the schedule does. */
  readonly fit?: Fit;
  /** Where the schedule comes from, or why the numbers differ. */
  readonly note?: string;
}

/** The cost columns of a row. */
export interface PublishedCost {
  readonly teraFlops: number;
  readonly speedup: number;
}

/** A schedule that a policy makes. */
export interface Schedule {
  readonly policy: PolicySpec;
  /** What the host computes where it reuses attention; default nothing. */
  readonly attentionReuse?: AttentionReuse;
}

/** Another schedule, other calls, or calls that are added to those of a schedule. */
export interface Fit {
  readonly schedule?: Schedule;
  readonly calls?: readonly CallCount[];
}
