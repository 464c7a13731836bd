import { createHash } from 'node:crypto';

import { transformerLayout } from '../model-host/transformer-layout.js';
import { walkTransformer } from '../model-host/transformer-walk.js';
import type {
  Action,
  CallPlan,
  HostRun,
  ModelDescription,
  ModelHost,
  RunCall,
} from '../model-host/model-host.js';
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
  readonly historySize?: number;
  readonly runId?: string;
}

/** An open run of a host with two branches, `cond` and `uncond`. */
export interface ConformanceRun {
  readonly runId: string;
  readonly description: ModelDescription;
  readonly run: HostRun;
}

let opened = 0;

/** Opens a run whose id nobody else uses. */
export async function openRun(host: ModelHost, options: OpenOptions = {}): Promise<ConformanceRun> {
  const description = await host.describe();
  const runId = options.runId ?? `conformance-${process.pid}-${opened++}`;
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
    historySize: options.historySize ?? 3,
  });
  return { runId, description, run };
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

/** The same action at every site. */
export function planOf(callIndex: number, action: Action): CallPlan {
  return { callIndex, action, exceptions: [] };
}

/** A planned call of branch `cond` at granularity `module`, with what a check changes. */
export function callOf(open: ConformanceRun, change: Partial<RunCall> = {}): RunCall {
  return {
    branch: 'cond',
    plan: planOf(0, { kind: 'full' }),
    granularity: 'module',
    input: networkInput(open.description),
    output: null,
    ...change,
  };
}

/** One full call composed of single forwards, as a client does it. */
export async function composeCall(
  { run, description }: ConformanceRun,
  call: { readonly branch: string; readonly callIndex: number; readonly input: PlacedTensor },
): Promise<LocalTensor> {
  const { branch, callIndex } = call;
  return walkTransformer({
    layout: transformerLayout(description),
    plan: planOf(callIndex, { kind: 'full' }),
    granularity: 'module',
    input: local(call.input),
    source: {
      async features(sites) {
        const outputs: LocalTensor[] = [];
        for (const { site, input } of sites) {
          const placed = input === null ? null : inline(input);
          const request = { branch, callIndex, site, input: placed, output: null, keep: false };
          outputs.push(local((await run.forward(request)).output));
        }
        return outputs;
      },
      observe: async () => undefined,
    },
  });
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
