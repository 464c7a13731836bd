import type { ModelHost } from '@forecache/adapters';
import type { Granularity, Preset, PresetVariant } from '@forecache/cache-policy';
import { forecastWeights, type ForecastRule } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import {
  createSolver,
  evenSchedule,
  generateImages,
  labelsFor,
  listedWeights,
  sampleRuns,
  shiftedTimes,
  walkSchedule,
  type GenerationJob,
  type PolicyChoice,
  type SamplerTimes,
  type Solver,
  type Workshop,
} from '@forecache/sidecar';
import type { Method } from './front-candidates.js';
import { BATCH, joined, runsOf, type ImageSet } from './front-images.js';

/** What samples are made with. */
export interface FrontStudio {
  readonly host: ModelHost;
  readonly manifest: ModelManifest;
  /** With a sidecar, for whatever is forecast inside the network or decided on the way. */
  readonly workshop: Workshop;
  readonly preset: Preset;
  readonly signal: AbortSignal;
}

/** Samples and how many calls of a run were computed. */
export interface Sampled {
  readonly samples: Float32Array;
  readonly calls: number;
}

/** Full compute: the preset's own sampler and steps. */
export async function sampleFully(studio: FrontStudio, set: ImageSet): Promise<Sampled> {
  const parts: Float32Array[] = [];
  for (const runs of runsOf(set, studio)) parts.push(await sampleRuns(runs, studio));
  return { samples: joined(parts), calls: studio.preset.identity.calls };
}

/** The preset's variant with so many full calls. */
export function variantOf({ variants }: Preset, fullCalls: number): PresetVariant {
  const found = variants.find((variant) => variant.fullCalls.length === fullCalls);
  if (found === undefined) throw new Error(`the preset has no variant of ${fullCalls} full calls`);
  return found;
}

/** The preset by the walk that calibration uses, without a sidecar. */
export async function samplePreset(
  studio: FrontStudio,
  set: ImageSet,
  fullCalls: number,
): Promise<Sampled> {
  const variant = variantOf(studio.preset, fullCalls);
  const walk = listedWeights(variant.fullCalls, variant.weights);
  const parts: Float32Array[] = [];
  for (const runs of runsOf(set, studio)) parts.push(await walkSchedule(runs, walk, studio));
  return { samples: joined(parts), calls: fullCalls };
}

/** What a candidate is asked to do. */
export interface SampleWish {
  readonly method: Method;
  readonly fullCalls: number;
  /** Steps that were found for this number of calls; null where no method asks for them. */
  readonly climbed: readonly number[] | null;
}

/** One setting of a method. */
export async function sampleMethod(
  studio: FrontStudio,
  set: ImageSet,
  wish: SampleWish,
): Promise<Sampled> {
  const { method, fullCalls } = wish;
  const { preset } = studio;
  if (method.kind === 'steps') {
    const solver = createSolver(method.sampler, timesOf(method, wish, preset));
    return sampleSteps(studio, set, solver);
  }
  const { granularity } = method;
  const calls = preset.identity.calls;
  const policy = method.kind === 'policy' ? method.policy : evenly(method.rule, fullCalls, calls);
  return sampleByPolicy(studio, set, { policy, granularity });
}

/** Every call of another solver, in full. */
export async function sampleSteps(
  studio: FrontStudio,
  set: Pick<ImageSet, 'seed' | 'count'>,
  solver: Solver,
): Promise<Sampled> {
  const parts: Float32Array[] = [];
  for (const runs of runsOf(set, studio)) parts.push(await sampleRuns({ ...runs, solver }, studio));
  return { samples: joined(parts), calls: solver.timesteps.length };
}

/** A policy as hosts carry it out: planned by a sidecar, applied by the model's host. */
export async function sampleByPolicy(
  { workshop, manifest, signal }: FrontStudio,
  set: Pick<ImageSet, 'seed' | 'count'>,
  { policy, granularity }: { policy: PolicyChoice; granularity: Granularity | null },
): Promise<Sampled> {
  const { steps, guidance } = manifest.sampler;
  const job: GenerationJob = {
    policy,
    mode: 'plan',
    granularity,
    transfer: 'inline',
    sampler: 'euler',
    steps,
    shift: 1,
    guidance,
    labels: labelsFor(manifest, 'cycle', set.count),
    seed: set.seed,
    batch: BATCH,
    client: 'bench calibration',
  };
  const tools = { opener: workshop.opener(job), format: manifest.image, signal };
  const { samples, actions, fallback } = await generateImages(job, tools);
  if (fallback !== null) throw new Error(`the sidecar was gone: ${fallback.reason}`);
  return { samples, calls: actions.filter((kind) => kind === 'full').length };
}

/** A rule between evenly spaced full calls, as a schedule with weights. */
function evenly(rule: ForecastRule, fullCalls: number, calls: number): PolicyChoice {
  const schedule = evenSchedule(calls, fullCalls);
  const weights = ruleWeights(rule, schedule, calls).map((ofCall) => ofCall.join(','));
  return {
    name: 'scheduled',
    options: { schedule: schedule.join(','), weights: weights.join(';') },
  };
}

/** Weights of every skipped call by a rule. */
export function ruleWeights(
  rule: ForecastRule,
  schedule: readonly number[],
  calls: number,
): number[][] {
  const skipped = Array.from({ length: calls }, (_, call) => call).filter(
    (call) => !schedule.includes(call),
  );
  return skipped.map((at) => {
    const history = schedule.filter((call) => call < at).map((call) => ({ call, position: call }));
    return forecastWeights({ ...rule, history, at }).weights;
  });
}

/** Even times at the calls of a schedule, and the end. */
export function timesAt(schedule: readonly number[], calls: number): SamplerTimes {
  return [...schedule.map((call) => 1 - call / calls), 0];
}

/** Heun makes two calls a step but for the last: as many steps as make at least so many calls. */
export function stepsFor(sampler: string, fullCalls: number): number {
  return sampler === 'heun' ? Math.ceil((fullCalls + 1) / 2) : fullCalls;
}

function timesOf(
  { sampler, times }: Extract<Method, { kind: 'steps' }>,
  { fullCalls, climbed }: SampleWish,
  preset: Preset,
): SamplerTimes {
  const { calls } = preset.identity;
  if (times.kind === 'shifted') return shiftedTimes(stepsFor(sampler, fullCalls), times.shift);
  if (times.kind === 'preset') return timesAt(variantOf(preset, fullCalls).fullCalls, calls);
  if (climbed === null) throw new Error(`no climbed times of ${fullCalls} calls`);
  return timesAt(climbed, calls);
}
