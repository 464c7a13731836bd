import { NO_SETUP, type CallPlan, type RunSetup } from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';
import { fitPolynomial, type FittedPolynomial } from '@forecache/evaluation';
import { JOINT_BRANCH } from '../sampler/joint-branch.js';
import { inlineFloats, inlineInput } from '../sampler/local-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { batchesOf, type GenerationJob } from '../generation/generation-job.js';
import { solverOf } from '../generation/solver-of.js';
import { sampleInFull, type FullRun, type FullSampling } from './sample-in-full.js';

/** Degree of TeaCache's polynomial. */
const DEGREE = 4;

/** What TeaCache's polynomial is fitted to: one point a call and run. */
export interface ChangePoints {
  /** Relative L1 change of the first block's modulated input from call to call. */
  readonly inputChanges: readonly number[];
  /** Relative L1 change of the network's output between the same calls. */
  readonly outputChanges: readonly number[];
}

/** TeaCache's polynomial for the embedded model, with the points it was fitted to. */
export interface FittedTeaCache extends FittedPolynomial {
  readonly points: ChangePoints;
}

const SETUP: RunSetup = Object.freeze({
  ...NO_SETUP,
  probes: Object.freeze([
    Object.freeze({ kind: 'modulated-input-change' as const, count: 0, site: '' }),
    Object.freeze({ kind: 'output-rate' as const, count: 0, site: '' }),
  ]),
});

/**
 * Fits TeaCache's polynomial to full-compute runs: from the change of the modulated input to that of the output.
 * Source: TeaCache, arXiv 2411.19108, section 3.3: degree 4, least squares over the calls of a few runs.
 */
export async function fitTeaCache(sampling: Omit<FullSampling, 'setup'>): Promise<FittedTeaCache> {
  assertEnoughPoints(sampling.job);
  const inputChanges: number[] = [];
  const outputChanges: number[] = [];
  const onChange = (input: number, output: number) => {
    inputChanges.push(input);
    outputChanges.push(output);
  };
  await sampleInFull({ ...sampling, setup: SETUP }, (run) => createMeasuringCaller(run, onChange));
  const fitted = fitPolynomial(inputChanges, outputChanges, DEGREE);
  return { ...fitted, points: { inputChanges, outputChanges } };
}

/** A run gives one point a call but the first; a polynomial needs one more than its degree. */
function assertEnoughPoints(job: GenerationJob): void {
  const runs = batchesOf(job).length;
  const least = Math.ceil((DEGREE + 1) / runs) + 1;
  if (solverOf(job).timesteps.length >= least) return;
  throw invalidArgument('steps', `an integer >= ${least} to fit to (runs: ${runs})`, job.steps);
}

/** Full compute that tells the two relative changes of every call but the first. */
function createMeasuringCaller(
  { run, shape }: FullRun,
  onChange: (input: number, output: number) => void,
): NetworkCaller {
  let outputSize: number | undefined;
  return {
    async call({ callIndex, x }, signal) {
      const input = inlineInput(shape, x);
      const before = await run.measure({ branch: JOINT_BRANCH, callIndex, input }, { signal });
      const plan: CallPlan = { callIndex, action: { kind: 'full' }, exceptions: [] };
      const { output, scalars } = await run.runCall(
        { branch: JOINT_BRANCH, plan, input: null, output: null },
        { signal },
      );
      const inputChange = before['modulated-input-change'];
      const outputChange = scalars['output-change'];
      if (inputChange !== undefined && outputChange !== undefined && outputSize !== undefined) {
        onChange(inputChange, outputChange / outputSize);
      }
      outputSize = scalars['output-size'];
      return { velocity: inlineFloats(output), plan };
    },
  };
}
