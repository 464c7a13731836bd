import { float32Tensor, float32View, sitesOfGranularity } from '@forecache/adapters';
import {
  compileRunPlan,
  createPolicy,
  type CallWeights,
  type Granularity,
} from '@forecache/cache-policy';
import {
  fillNoise,
  JOINT_BRANCH,
  jointBranch,
  jointShape,
  pixelCount,
  sampleFlow,
  type CalibrationRuns,
  type NetworkCaller,
} from '@forecache/sidecar';

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
  const { host, manifest, solver, guidance, seeds, labels } = runs;
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
  const size = pixelCount(manifest.image);
  const x = new Float32Array(seeds.length * size);
  seeds.forEach((seed, i) => fillNoise(x.subarray(i * size, (i + 1) * size), seed));
  const batch = { first: 0, labels };
  const run = await host.beginRun({
    runId: 'granularity-plan',
    branches: [jointBranch(batch, manifest)],
    timesteps: [...solver.timesteps],
    sharedDirectory: '',
    setup: { ...plan.setup, sites },
  });
  const { shape } = jointShape(batch, manifest);
  const caller: NetworkCaller = {
    async call({ callIndex, x: joint }) {
      const ofCall = plan.calls[callIndex];
      if (ofCall === undefined) throw new Error(`the plan has no call ${callIndex}`);
      const input = { ...float32Tensor(shape, joint), place: 'inline' } as const;
      const request = { branch: JOINT_BRANCH, plan: ofCall, input, output: null };
      const { output } = await run.runCall(request, { signal });
      if (output.place !== 'inline') throw new Error('the host must answer inline');
      return { velocity: float32View(output), plan: ofCall };
    },
  };
  try {
    await sampleFlow(caller, { solver, guidance, x, seeds, signal });
  } finally {
    await run.end();
  }
  return x;
}
