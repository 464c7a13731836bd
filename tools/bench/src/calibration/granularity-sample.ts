import { float32Tensor, float32View, sitesOfGranularity, type HostRun } from '@forecache/adapters';
import {
  compileRunPlan,
  createPolicy,
  type CallWeights,
  type Granularity,
} from '@forecache/cache-policy';
import {
  JOINT_BRANCH,
  jointShape,
  type CalibrationRuns,
  type NetworkCaller,
} from '@forecache/sidecar';
import { sampleOnHost } from './granularity-host-run.js';

/** A schedule with weights, and where they are applied. */
export interface PlannedSchedule {
  readonly granularity: Granularity;
  readonly fullCalls: readonly number[];
  readonly weights: readonly CallWeights[];
}

/** Samples as a host carries out policy `scheduled` in plan mode, in this process. Answers the final samples. */
export async function samplePlanned(
  runs: CalibrationRuns,
  { granularity, fullCalls, weights }: PlannedSchedule,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { host, manifest, solver, labels } = runs;
  const policy = createPolicy({
    name: 'scheduled',
    options: {
      schedule: fullCalls.join(','),
      weights: weights.map((ofCall) => ofCall.join(',')).join(';'),
    },
  });
  const calls = solver.timesteps.length;
  const plan = compileRunPlan({ policy, run: { steps: calls, calls }, granularity });
  const sites = sitesOfGranularity(await host.describe(), granularity);
  const { shape } = jointShape({ first: 0, labels }, manifest);
  const callerOf = (run: HostRun): NetworkCaller => ({
    async call({ callIndex, x: joint }) {
      const ofCall = plan.calls[callIndex];
      if (ofCall === undefined) throw new Error(`the plan has no call ${callIndex}`);
      const input = { ...float32Tensor(shape, joint), place: 'inline' } as const;
      const request = { branch: JOINT_BRANCH, plan: ofCall, input, output: null };
      const { output } = await run.runCall(request, { signal });
      if (output.place !== 'inline') throw new Error('the host must answer inline');
      return { velocity: float32View(output), plan: ofCall };
    },
  });
  const setup = { ...plan.setup, sites };
  return sampleOnHost({ runs, runId: 'granularity-plan', setup, signal, callerOf });
}
