import {
  int64Tensor,
  NO_SETUP,
  type BranchConditioning,
  type HostRun,
  type ModelHost,
  type RunSetup,
} from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';
import { JOINT_BRANCH } from '../sampler/joint-branch.js';
import type { JointShape } from '../sampler/local-caller.js';
import { createLocalCaller } from '../sampler/local-caller.js';
import type { Solver } from '../sampler/solver.js';
import type { Batch } from './generation-job.js';
import type { RunOpener } from './opened-run.js';

/** The joint branch of a batch: its classes, then as many times no class. */
export function jointBranch(batch: Batch, { nullClass }: ModelManifest): BranchConditioning {
  const images = batch.labels.length;
  const labels = new BigInt64Array(2 * images).fill(BigInt(nullClass));
  batch.labels.forEach((label, i) => (labels[i] = BigInt(label)));
  const tensor = { ...int64Tensor([2 * images], labels), place: 'inline' } as const;
  return { branch: JOINT_BRANCH, batch: 2 * images, tensors: [{ name: 'label', tensor }] };
}

/** Shape of the joint batch that the network sees. */
export function jointShape(batch: Batch, { image }: ModelManifest): JointShape {
  const { channels, height, width } = image;
  return { shape: [2 * batch.labels.length, channels, height, width] };
}

/** A run of the network in this process. */
export interface LocalRunRequest {
  readonly manifest: ModelManifest;
  readonly batch: Batch;
  /** t of every call. */
  readonly timesteps: readonly number[];
  /** What the host keeps and measures. */
  readonly setup: RunSetup;
}

let runCount = 0;

/** Begins a run on a host in this process; run ids count up, because a host refuses one that is in use. */
export function beginLocalRun(host: ModelHost, request: LocalRunRequest): Promise<HostRun> {
  const { manifest, batch, timesteps, setup } = request;
  runCount += 1;
  return host.beginRun({
    runId: `local-${runCount}`,
    branches: [jointBranch(batch, manifest)],
    timesteps,
    sharedDirectory: '',
    setup,
  });
}

/** Full compute in this process without any sidecar: the reference. */
export function createLocalOpener(
  host: ModelHost,
  { manifest, solver }: { readonly manifest: ModelManifest; readonly solver: Solver },
): RunOpener {
  return {
    async open(batch) {
      const { timesteps } = solver;
      const run = await beginLocalRun(host, { manifest, batch, timesteps, setup: NO_SETUP });
      return {
        caller: createLocalCaller(run, jointShape(batch, manifest)),
        steps: solver.steps,
        policy: 'full()',
        setup: NO_SETUP,
        async close() {
          await run.end();
          return { statistics: null, fallback: null };
        },
      };
    },
  };
}
