import type { RunStatistics, SidecarStatistics } from '@forecache/adapters';
import type { ForecastErrorCode } from '@forecache/core';
import type { CloseReason } from './closed-runs.js';

/** Feature calls of one run so far. */
export interface FeatureCounts {
  readonly forwarded: number;
  readonly forecast: number;
}

/** Counts over the life of the service. */
export interface ServiceTotals {
  countOpened(): void;
  countClosed(reason: CloseReason, statistics: RunStatistics): void;
  countError(code: ForecastErrorCode): void;
  addBytesHeld(deltaBytes: number): void;
  /** `open` has the counts of the runs that are open now. */
  read(open: readonly FeatureCounts[], uptimeMs: number): SidecarStatistics;
}

/** All counts at zero. */
export function createServiceTotals(): ServiceTotals {
  const runs = { opened: 0, client: 0, ttl: 0, shutdown: 0 };
  const closed = { forwarded: 0, forecast: 0 };
  const errors = new Map<string, number>();
  let bytesHeld = 0;
  return {
    countOpened: () => void (runs.opened += 1),
    countClosed(reason, { forwarded, forecast }) {
      runs[reason] += 1;
      closed.forwarded += forwarded;
      closed.forecast += forecast;
    },
    countError(code) {
      const name = statusName(code);
      errors.set(name, (errors.get(name) ?? 0) + 1);
    },
    addBytesHeld: (deltaBytes) => void (bytesHeld += deltaBytes),
    read: (open, uptimeMs) => ({
      runsOpened: runs.opened,
      runsClosed: runs.client,
      runsExpired: runs.ttl,
      runsOpen: open.length,
      bytesHeld,
      forwarded: open.reduce((sum, counts) => sum + counts.forwarded, closed.forwarded),
      forecast: open.reduce((sum, counts) => sum + counts.forecast, closed.forecast),
      errors: Object.fromEntries(errors),
      uptimeUs: Math.round(uptimeMs * 1000),
    }),
  };
}

/** `resource-exhausted` as gRPC writes it: `RESOURCE_EXHAUSTED`. */
function statusName(code: ForecastErrorCode): string {
  return code.toUpperCase().replaceAll('-', '_');
}
