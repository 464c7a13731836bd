import { float32Tensor, type CacheRun, type Granularity, type HostRun } from '@forecache/adapters';
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

/** Computes here, by the sidecar's plan, and tells the sidecar what was done. */
export function createPlanCaller(planned: PlannedRun): NetworkCaller {
  const { run, hostRun, granularity, shape } = planned;
  let isReporting = true;
  return {
    async call({ callIndex, x }, signal) {
      const plan = await planOfCall(run, callIndex, signal);
      const input = { ...float32Tensor(shape, x), place: 'inline' } as const;
      const startedMs = performance.now();
      const result = await hostRun.runCall(
        { branch: JOINT_BRANCH, plan, granularity, input, output: null },
        { signal },
      );
      if (isReporting) {
        const wallUs = Math.round((performance.now() - startedMs) * 1000);
        const { forwarded, forecast } = result;
        const report = { branch: JOINT_BRANCH, callIndex, action: plan.action.kind };
        await run
          .report({ ...report, forwarded, forecast, wallUs }, { signal })
          .catch((error: unknown) => {
            isReporting = false;
            if (!signal.aborted) planned.onLostReport(error);
          });
      }
      return { velocity: inlineFloats(result.output), action: plan.action.kind };
    },
  };
}
