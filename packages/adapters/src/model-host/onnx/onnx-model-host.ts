import { availableParallelism } from 'node:os';

import { invalidArgument } from '@forecache/core';

import type { ModelHost } from '../model-host.js';
import { readManifest } from './onnx-manifest.js';
import type { OnnxManifest } from './onnx-manifest.js';
import { createOnnxBranch, modulatedFeeds } from './onnx-branch.js';
import { firstOf, floats, integers, openSegments } from './onnx-segments.js';
import type { OnnxFeeds, OnnxSegments } from './onnx-segments.js';
import { createTransformerHost } from '../transformer/transformer-host.js';
import type { TransformerHostOptions } from '../transformer/transformer-host.js';
import { describeTransformer } from '../transformer/transformer-network.js';
import type { TransformerNetwork } from '../transformer/transformer-network.js';

/** What `createOnnxModelHost` takes. */
export interface OnnxModelHostOptions extends TransformerHostOptions {
  /** Folder with `manifest.json` and the segments. */
  readonly directory: string;
  /** Threads that compute one segment. Default: the cores of the machine. */
  readonly intraOpThreads?: number;
}

/**
 * A model host over onnxruntime in this process. onnxruntime-node computes on the event loop's thread, so
 * nothing else happens while a segment runs; a busy server puts the host into a process of its own.
 */
export async function createOnnxModelHost(options: OnnxModelHostOptions): Promise<ModelHost> {
  const { intraOpThreads = availableParallelism() } = options;
  if (!Number.isSafeInteger(intraOpThreads) || intraOpThreads < 1) {
    throw invalidArgument('intraOpThreads', 'an integer >= 1', intraOpThreads);
  }
  const manifest = await readManifest(options.directory);
  const loaded = await openSegments(manifest, intraOpThreads);
  return createTransformerHost(onnxNetwork(manifest, loaded), options);
}

function onnxNetwork(manifest: OnnxManifest, loaded: OnnxSegments): TransformerNetwork {
  const { model, depth, tokens, width, image, labelCount, segments } = manifest;
  const flops = (site: string) => segments.get(site)?.flops ?? 0;
  const one = async (site: string, feeds: OnnxFeeds, output: string) => {
    return firstOf(await loaded.run(site, feeds, [output]));
  };
  return {
    description: describeTransformer({ model, depth, tokens, width, image, flops }),
    labelCount,
    async embed(input) {
      const { batch } = input;
      const feeds = {
        x: floats(input.image, [batch, ...image]),
        t: floats(new Float32Array(batch).fill(input.timestep), [batch]),
        y: integers(input.labels, [batch]),
      };
      const [hidden, conditioning] = await loaded.run('embed', feeds, ['hidden', 'conditioning']);
      return {
        hidden: hidden ?? new Float32Array(),
        conditioning: conditioning ?? new Float32Array(),
      };
    },
    modulation: (conditioning, batch) =>
      one('modulation', { conditioning: floats(conditioning, [batch, width]) }, 'rows'),
    branch: createOnnxBranch(manifest, loaded),
    head: (input) => one('head', modulatedFeeds(input, { tokens, width }), 'velocity'),
    close: () => loaded.close(),
  };
}
