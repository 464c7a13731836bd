import { join } from 'node:path';
import { ForecastError } from '@forecache/core';
import type { GraphFile } from '@forecache/demo-model';
import type { Image } from '@forecache/evaluation';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ImageFormat } from '../sampler/image-range.js';

/** What the judge says about images, one row each. */
export interface Judgement {
  readonly logits: readonly Float32Array[];
  readonly features: readonly Float32Array[];
}

/** The small classifier that judges generated images. */
export interface Classifier {
  /** Images as the sampler made them, turned into pictures in [0, 1]. */
  judge(images: readonly Image[]): Promise<Judgement>;
  close(): Promise<void>;
}

/** Images in one call of the classifier. */
const BATCH = 64;

/** Opens the classifier that a manifest names. */
export async function createClassifier(
  directory: string,
  { graph, format }: { readonly graph: GraphFile; readonly format: ImageFormat },
): Promise<Classifier> {
  const session = await InferenceSession.create(join(directory, graph.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const inputName = graph.inputs[0]?.name ?? 'image';

  async function judgeBatch(images: readonly Image[]): Promise<Judgement> {
    const input = new Tensor('float32', joinImages(images, format), [
      images.length,
      format.channels,
      format.height,
      format.width,
    ]);
    const outputs = await session.run({ [inputName]: input });
    const logits = rowsOf(outputs['logits'], images.length);
    return { logits, features: rowsOf(outputs['features'], images.length) };
  }

  return {
    async judge(images) {
      const judgements: Judgement[] = [];
      for (let first = 0; first < images.length; first += BATCH) {
        judgements.push(await judgeBatch(images.slice(first, first + BATCH)));
      }
      return {
        logits: judgements.flatMap(({ logits }) => logits),
        features: judgements.flatMap(({ features }) => features),
      };
    },
    close: () => session.release(),
  };
}

/** One-channel pictures in the value range that the classifier was trained on. */
function joinImages(images: readonly Image[], { range }: ImageFormat): Float32Array {
  const size = images[0]?.pixels.length ?? 0;
  const joined = new Float32Array(images.length * size);
  images.forEach(({ pixels }, image) => {
    pixels.forEach((value, i) => {
      joined[image * size + i] = range[0] + value * (range[1] - range[0]);
    });
  });
  return joined;
}

function rowsOf(tensor: Tensor | undefined, rows: number): Float32Array[] {
  const values = tensor?.data;
  if (!(values instanceof Float32Array) || values.length % rows !== 0) {
    throw new ForecastError('internal', 'the classifier must answer float32 logits and features');
  }
  const size = values.length / rows;
  return Array.from({ length: rows }, (_, i) => values.slice(i * size, (i + 1) * size));
}
