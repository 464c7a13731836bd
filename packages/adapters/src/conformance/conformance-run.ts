import { createHash } from 'node:crypto';

import type {
  Action,
  CallPlan,
  HostRun,
  ModelDescription,
  ModelHost,
  Probe,
  RunCall,
  RunSetup,
} from '../model-host/model-host.js';
import { sitesOfGranularity } from '../model-host/site-description.js';
import { elementCount, withBatch } from '../tensor/tensor-type.js';
import { float32Tensor, float32View, int64Tensor } from '../tensor/tensor-view.js';
import type { LocalTensor, PlacedTensor, TensorType } from '../tensor/tensor.js';

/** Samples of every branch in the checks. */
export const BATCH = 2;

/** Timesteps of every run in the checks; the last two calls are at the same one. */
export const TIMESTEPS: readonly number[] = Object.freeze([1, 0.9, 0.7, 0.5, 0.5]);

/** What a check changes in the run it opens. */
export interface OpenOptions {
  readonly sharedDirectory?: string;
  /** Default: every site of the granularity, which is `module` by default, three features each. */
  readonly setup?: Partial<RunSetup>;
  readonly runId?: string;
}

/** An open run of a host with two branches, `cond` and `uncond`. */
export interface ConformanceRun {
  readonly runId: string;
  readonly description: ModelDescription;
  readonly setup: RunSetup;
  readonly run: HostRun;
}

let opened = 0;

/** Opens a run whose id nobody else uses. */
export async function openRun(host: ModelHost, options: OpenOptions = {}): Promise<ConformanceRun> {
  const description = await host.describe();
  const runId = options.runId ?? `conformance-${process.pid}-${opened++}`;
  const setup = setupOf(description, options.setup);
  const branch = (name: string, labels: readonly bigint[]) => ({
    branch: name,
    batch: BATCH,
    tensors: [{ name: 'label', tensor: labelTensor(labels) }],
  });
  const run = await host.beginRun({
    runId,
    branches: [branch('cond', [1n, 2n]), branch('uncond', [10n, 10n])],
    timesteps: TIMESTEPS,
    sharedDirectory: options.sharedDirectory ?? '',
    setup,
  });
  return { runId, description, setup, run };
}

function setupOf(description: ModelDescription, change: Partial<RunSetup> = {}): RunSetup {
  const granularity = change.granularity ?? 'module';
  const sites = sitesOfGranularity(description, granularity);
  return { granularity, sites, historySize: 3, tokenCache: null, probes: [], ...change };
}

/** A probe without the parts its kind does not use. */
export function probeOf(kind: Probe['kind'], change: Partial<Probe> = {}): Probe {
  return { kind, count: 0, site: '', ...change };
}

/** Opens a run, hands it to `work`, and ends it. */
export async function withRun<Result>(
  host: ModelHost,
  work: (open: ConformanceRun) => Promise<Result>,
  options?: OpenOptions,
): Promise<Result> {
  const open = await openRun(host, options);
  try {
    return await work(open);
  } finally {
    await open.run.end();
  }
}

/** Labels of one branch. */
export function labelTensor(labels: readonly bigint[]): PlacedTensor {
  return inline(int64Tensor([labels.length], BigInt64Array.from(labels)));
}

/** Network input number `seed`: bounded, different in every element. */
export function networkInput(description: ModelDescription, seed = 0): PlacedTensor {
  return inline(pseudoRandom(withBatch(description.input, BATCH), seed));
}

/** A hidden state. */
export function hiddenInput(description: ModelDescription, seed = 0): PlacedTensor {
  const site = description.sites.find(({ kind }) => kind === 'hidden');
  if (site === undefined) throw new Error('the model has no site hidden');
  return inline(pseudoRandom(withBatch(site.output, BATCH), seed));
}

/** The same tensor, placed inline. */
export function inline(tensor: LocalTensor): PlacedTensor {
  return { dtype: tensor.dtype, shape: tensor.shape, place: 'inline', bytes: tensor.bytes };
}

/** The tensor of an inline answer. */
export function local(tensor: PlacedTensor): LocalTensor {
  if (tensor.place !== 'inline') throw new Error(`expected an inline tensor, got ${tensor.place}`);
  return { dtype: tensor.dtype, shape: tensor.shape, bytes: tensor.bytes };
}

/** The numbers of an inline answer. */
export function numbers(tensor: PlacedTensor): readonly number[] {
  return [...float32View(local(tensor))];
}

/** The same action at every kept site. */
export function planOf(callIndex: number, action: Action): CallPlan {
  return { callIndex, action, exceptions: [] };
}

/** A planned full call of branch `cond`, with what a check changes. */
export function callOf(open: ConformanceRun, change: Partial<RunCall> = {}): RunCall {
  return {
    branch: 'cond',
    plan: planOf(0, { kind: 'full' }),
    input: networkInput(open.description),
    output: null,
    ...change,
  };
}

function pseudoRandom(type: TensorType, seed: number): LocalTensor {
  const values = new Float32Array(elementCount(type));
  const block = (index: number) => createHash('sha256').update(`${seed} ${index}`).digest();
  for (let start = 0; start < values.length; start += 8) {
    const digest = block(start);
    for (let i = 0; i < 8 && start + i < values.length; i++) {
      values[start + i] = digest.readInt32LE(4 * i) / 2 ** 31;
    }
  }
  return float32Tensor(type.shape, values);
}
