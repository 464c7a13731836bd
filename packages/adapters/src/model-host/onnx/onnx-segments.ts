import { readFile } from 'node:fs/promises';

import { ForecastError } from '@forecache/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import type { OnnxManifest } from './onnx-manifest.js';

/** The named tensors of one segment. */
export type OnnxFeeds = Readonly<Record<string, Tensor>>;

/** Runs one graph of a segment. */
export type RunGraph = (
  site: string,
  feeds: OnnxFeeds,
  outputs: readonly string[],
) => Promise<readonly Float32Array[]>;

/** Each run returns the outputs asked for, each a fresh float32 array. */
export interface OnnxSegments {
  readonly run: RunGraph;
  /** The same of the second graph of an attention. */
  readonly runByToken: RunGraph;
  close(): Promise<void>;
}

/** Loads every graph of a model. */
export async function openSegments(
  manifest: OnnxManifest,
  intraOpThreads: number,
): Promise<OnnxSegments> {
  const whole = new Map<string, InferenceSession>();
  const byToken = new Map<string, InferenceSession>();
  const close = async () => {
    await Promise.all([...whole.values(), ...byToken.values()].map((graph) => graph.release()));
    whole.clear();
    byToken.clear();
  };
  try {
    for (const [site, { path, byTokenPath }] of manifest.segments) {
      whole.set(site, await openGraph(path, intraOpThreads));
      if (byTokenPath !== null) byToken.set(site, await openGraph(byTokenPath, intraOpThreads));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { run: runGraphOf(whole), runByToken: runGraphOf(byToken), close };
}

function runGraphOf(graphs: ReadonlyMap<string, InferenceSession>): RunGraph {
  return async (site, feeds, outputs) => {
    const graph = graphs.get(site);
    if (graph === undefined) throw new ForecastError('internal', `no segment for site ${site}`);
    const results = await graph.run(feeds, outputs);
    return outputs.map((name) => floatsOf(results[name], site, name));
  };
}

/** The first output of those asked for. */
export function firstOf(outputs: readonly Float32Array[]): Float32Array {
  const [first] = outputs;
  if (first !== undefined) return first;
  throw new ForecastError('internal', 'a segment ran, but none of its outputs was asked for');
}

/** A float32 tensor over `values`, not a copy. */
export function floats(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values, shape);
}

/** An int64 tensor over `values`, not a copy. */
export function integers(values: BigInt64Array, shape: readonly number[]): Tensor {
  return new Tensor('int64', values, shape);
}

/** An int32 tensor over `values`, not a copy. */
export function rowIndices(values: Int32Array, shape: readonly number[]): Tensor {
  return new Tensor('int32', values, shape);
}

/**
 * Threads do not spin while they wait: there is one pool a segment, and they wait most of the time. On two cores a
 * generation in this process takes 15 times as long with spinning (25 s, not 1.7 s), one behind a sidecar 5 times.
 * One thread instead of two costs 1.4 ms a segment, not 0.9.
 */
async function openGraph(path: string, intraOpThreads: number): Promise<InferenceSession> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ForecastError('not-found', `model segment ${path} cannot be read`, { cause });
  });
  try {
    return await InferenceSession.create(bytes, {
      intraOpNumThreads: intraOpThreads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    const message = `model segment ${path} is not a model that onnxruntime can load`;
    throw new ForecastError('failed-precondition', message, { cause });
  }
}

function floatsOf(tensor: Tensor | undefined, site: string, output: string): Float32Array {
  const values: unknown = tensor?.data;
  if (values instanceof Float32Array) return values;
  throw new ForecastError('internal', `segment of site ${site} gave no float32 output ${output}`);
}
