import { callKind, measuresBefore, type HostRun } from '@forecache/adapters';
import { JOINT_BRANCH } from './joint-branch.js';
import { inlineFloats, inlineInput, type JointShape } from './local-caller.js';
import type { NetworkCaller } from './network-caller.js';
import { planOfCall } from './plan-of-call.js';
import { createReporter, type ReporterOptions } from './reporter.js';

/** What a planned run is made of. */
export interface PlannedRun extends JointShape, ReporterOptions {
  /** The network in this process, begun with the run's setup: it keeps the history and measures. */
  readonly hostRun: HostRun;
}

/**
 * Computes here, by the sidecar's plan, and tells the sidecar what was done. Under a plan, a report travels while the
 * next call is computed; only the last one is waited for, so that the run's statistics are complete when it is closed.
 * A policy that decides call by call gets what was measured before the call, and every report before it is asked again.
 */
export function createPlanCaller(planned: PlannedRun): NetworkCaller {
  const { run, hostRun, shape } = planned;
  const isMeasured = run.plan === null && measuresBefore(run.setup);
  const lastPlanned = (run.plan?.calls.length ?? 0) - 1;
  const reports = createReporter(planned);
  return {
    async call({ callIndex, x }, signal) {
      const startedMs = performance.now();
      const key = { branch: JOINT_BRANCH, callIndex };
      const image = inlineInput(shape, x);
      const before = isMeasured ? await hostRun.measure({ ...key, input: image }, { signal }) : {};
      const plan = await planOfCall(run, { callIndex, scalars: before }, signal);
      const input = isMeasured ? null : image;
      const request = { branch: JOINT_BRANCH, plan, input, output: null };
      const { output, ...done } = await hostRun.runCall(request, { signal });
      const wallUs = Math.round((performance.now() - startedMs) * 1000);
      await reports.send({ ...key, ...done, action: callKind(plan), wallUs }, signal);
      if (run.plan === null || callIndex === lastPlanned) await reports.settled();
      return { velocity: inlineFloats(output), plan };
    },
  };
}
