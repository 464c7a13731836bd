import {
  callKind,
  NO_SETUP,
  type Action,
  type CallPlan,
  type RunOutcome,
  type RunSetup,
  type RunStatistics,
} from '@forecache/adapters';
import type { Image } from '@forecache/evaluation';
import type { Fallback } from '../sampler/fallback-caller.js';
import { toImages, type ImageFormat } from '../sampler/image-range.js';
import { sampleFlow } from '../sampler/sample-flow.js';
import { batchesOf, type Batch, type GenerationJob } from './generation-job.js';
import { noiseOf, seedsOf } from './noise-of.js';
import type { ClosedRun, OpenedRun, RunOpener } from './opened-run.js';
import { solverOf } from './solver-of.js';

/** Finished images and how they came about. */
export interface Generated {
  /** Pictures in [0, 1], one an image of the job. */
  readonly images: readonly Image[];
  /** The sampler's own numbers, image after image. */
  readonly samples: Float32Array;
  /** What every call of the first run did; all runs of a static policy are alike. */
  readonly actions: readonly Action['kind'][];
  /** The calls of every run in full, in order: those of an adaptive policy differ. With `setup`, what the images cost. */
  readonly runs: readonly RunPlans[];
  /** Where the plans apply. */
  readonly setup: RunSetup;
  readonly policy: string;
  readonly steps: number;
  /** One entry a run; null where the sidecar did not live to tell. */
  readonly statistics: readonly (RunStatistics | null)[];
  /** The first run that went on without its sidecar, counted from 0; all after it did too. */
  readonly fallback: (Fallback & { readonly run: number }) | null;
  /** Sampling alone, without opening and closing runs. */
  readonly wallMs: number;
}

/** What the calls of one run did. */
export interface RunPlans {
  /** Images of the run's batch. */
  readonly images: number;
  readonly plans: readonly CallPlan[];
}

/** What `generateImages` needs besides the job. */
export interface GenerationTools {
  readonly opener: RunOpener;
  readonly format: ImageFormat;
  readonly signal: AbortSignal;
  /** Told after every call of every run. */
  onCall?(): void;
}

/** Makes a job's images, batch after batch. A failure closes the run it happened in. */
export async function generateImages(
  job: GenerationJob,
  tools: GenerationTools,
): Promise<Generated> {
  const runs: SampledRun[] = [];
  for (const batch of batchesOf(job)) runs.push(await sampleBatch(job, batch, tools));
  const samples = joinSamples(runs.map((run) => run.samples));
  const [first] = runs;
  return {
    images: toImages(samples, tools.format),
    samples,
    actions: first?.plans.map(callKind) ?? [],
    runs: runs.map(({ images, plans }) => ({ images, plans })),
    setup: first?.setup ?? NO_SETUP,
    policy: first?.policy ?? job.policy.name,
    steps: first?.steps ?? job.steps,
    statistics: runs.map(({ statistics }) => statistics),
    fallback: firstFallback(runs),
    wallMs: runs.reduce((sum, { wallMs }) => sum + wallMs, 0),
  };
}

function firstFallback(runs: readonly SampledRun[]): Generated['fallback'] {
  const [first] = runs.flatMap(({ fallback }, run) => (fallback ? [{ ...fallback, run }] : []));
  return first ?? null;
}

interface SampledRun extends ClosedRun, RunPlans {
  readonly samples: Float32Array;
  readonly setup: RunSetup;
  readonly policy: string;
  readonly steps: number;
  readonly wallMs: number;
}

async function sampleBatch(
  job: GenerationJob,
  batch: Batch,
  tools: GenerationTools,
): Promise<SampledRun> {
  const samples = noiseOf(batch, { job, format: tools.format });
  const run = await tools.opener.open(batch, tools.signal);
  const startedMs = performance.now();
  const plans = await sampleOrClose(run, samples, { job, batch, tools });
  const wallMs = performance.now() - startedMs;
  const closed = await run.close('ok');
  const { policy, steps, setup } = run;
  const images = batch.labels.length;
  return { ...closed, samples, images, plans, setup, policy, steps, wallMs };
}

interface Sampling {
  readonly job: GenerationJob;
  readonly batch: Batch;
  readonly tools: GenerationTools;
}

async function sampleOrClose(
  run: OpenedRun,
  x: Float32Array,
  { job, batch, tools }: Sampling,
): Promise<CallPlan[]> {
  const solver = solverOf({ ...job, steps: run.steps });
  const { guidance } = job;
  const seeds = seedsOf(batch, job);
  const { signal } = tools;
  try {
    const onCall = () => tools.onCall?.();
    return await sampleFlow(run.caller, { solver, guidance, x, seeds, signal, onCall });
  } catch (error) {
    const outcome: RunOutcome = signal.aborted ? 'interrupted' : 'error';
    await run.close(outcome);
    throw error;
  }
}

function joinSamples(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
