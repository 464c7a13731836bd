import type { CacheRun, CallReport } from '@forecache/adapters';

/** Tells the sidecar what was done in a run's calls. */
export interface Reporter {
  /** Resolves when the report before this one has arrived: a report travels while the next call is computed. */
  send(report: CallReport, signal: AbortSignal): Promise<void>;
  /** Resolves when the newest report has arrived, or is lost. */
  settled(): Promise<void>;
}

/** What `createReporter` takes. */
export interface ReporterOptions {
  readonly run: CacheRun;
  /** Told once when a report did not arrive, and waited for; reports are never needed for the images. */
  onLostReport(error: unknown): void | Promise<void>;
}

/** One report on its way at a time; after a lost one no more are sent. */
export function createReporter({ run, onLostReport }: ReporterOptions): Reporter {
  let isReporting = true;
  let newest: Promise<void> = Promise.resolve();
  return {
    async send(report, signal) {
      await newest;
      if (!isReporting) return;
      newest = run.report(report, { signal }).catch(async (error: unknown) => {
        isReporting = false;
        if (!signal.aborted) await onLostReport(error);
      });
    },
    settled: () => newest,
  };
}
