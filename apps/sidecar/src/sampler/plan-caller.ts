import {
  float32Tensor,
  type CacheRun,
  type CallReport,
  type Granularity,
  type HostRun,
} from '@forecache/adapters';
import { JOINT_BRANCH } from './euler-sampler.js';
import { inlineFloats, type JointShape } from './local-caller.js';
import type { NetworkCaller } from './network-caller.js';
import { planOfCall } from './plan-of-call.js';

/** What a planned run is made of. */
export interface PlannedRun extends JointShape {
  readonly run: CacheRun;
  /** The network in this process, with its own history. */
  readonly hostRun: HostRun;
  readonly granularity: Granularity;
  /** Told when a report did not arrive; reports are never needed for the images. */
  onLostReport(error: unknown): void;
}

/**
 * Computes here, by the sidecar's plan, and tells the sidecar what was done. A report travels while the next call is
 * computed; only the last one is waited for, so that the run's statistics are complete when it is closed.
 */
export function createPlanCaller(planned: PlannedRun): NetworkCaller {
  const { run, hostRun, granularity, shape } = planned;
  const lastCall = (run.plan?.calls.length ?? 0) - 1;
  const reports = createReporter(planned);
  return {
    async call({ callIndex, x }, signal) {
      const plan = await planOfCall(run, callIndex, signal);
      const input = { ...float32Tensor(shape, x), place: 'inline' } as const;
      const startedMs = performance.now();
      const result = await hostRun.runCall(
        { branch: JOINT_BRANCH, plan, granularity, input, output: null },
        { signal },
      );
      const wallUs = Math.round((performance.now() - startedMs) * 1000);
      const { kind: action } = plan.action;
      const { forwarded, forecast } = result;
      const what = { branch: JOINT_BRANCH, callIndex, action, forwarded, forecast, wallUs };
      await reports.send(what, signal);
      if (callIndex === lastCall) await reports.settled();
      return { velocity: inlineFloats(result.output), action };
    },
  };
}

interface Reporter {
  /** Resolves when the report before this one has arrived. */
  send(report: CallReport, signal: AbortSignal): Promise<void>;
  /** Resolves when the newest report has arrived, or is lost. */
  settled(): Promise<void>;
}

/** One report on its way at a time; after a lost one no more are sent. */
function createReporter({ run, onLostReport }: PlannedRun): Reporter {
  let isReporting = true;
  let newest: Promise<void> = Promise.resolve();
  return {
    async send(report, signal) {
      await newest;
      if (!isReporting) return;
      newest = run.report(report, { signal }).catch((error: unknown) => {
        isReporting = false;
        if (!signal.aborted) onLostReport(error);
      });
    },
    settled: () => newest,
  };
}
