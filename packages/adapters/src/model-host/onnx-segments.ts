import { readFile } from 'node:fs/promises';

import { ForecastError } from '@forecache/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import type { OnnxManifest, OnnxSegment } from './onnx-manifest.js';

/** The named tensors of one segment. */
export type OnnxFeeds = Readonly<Record<string, Tensor>>;

/** Runs one segment and returns the outputs asked for, each a fresh float32 array. */
export interface OnnxSegments {
  run(site: string, feeds: OnnxFeeds, outputs: readonly string[]): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** Loads every segment of a model. */
export async function openSegments(
  manifest: OnnxManifest,
  intraOpThreads: number,
): Promise<OnnxSegments> {
  const loaded = new Map<string, InferenceSession>();
  const close = async () => {
    await Promise.all([...loaded.values()].map((segment) => segment.release()));
    loaded.clear();
  };
  try {
    for (const [site, segment] of manifest.segments) {
      loaded.set(site, await openSegment(segment, intraOpThreads));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async run(site, feeds, outputs) {
      const segment = loaded.get(site);
      if (segment === undefined) throw new ForecastError('internal', `no segment for site ${site}`);
      const results = await segment.run(feeds, outputs);
      return outputs.map((name) => floatsOf(results[name], site, name));
    },
    close,
  };
}

/** A float32 tensor over `values`, not a copy. */
export function floats(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values, shape);
}

/** An int64 tensor over `values`, not a copy. */
export function integers(values: BigInt64Array, shape: readonly number[]): Tensor {
  return new Tensor('int64', values, shape);
}

/**
 * Threads do not spin while they wait: there is one pool a segment, and they wait most of the time. On two cores a
 * generation in this process takes 15 times as long with spinning (25 s, not 1.7 s), one behind a sidecar 5 times.
 * One thread instead of two costs 1.4 ms a segment, not 0.9.
 */
async function openSegment(
  { path }: OnnxSegment,
  intraOpThreads: number,
): Promise<InferenceSession> {
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
