import type { TensorType } from '../tensor/tensor.js';
import type { ModelDescription, SiteDescription } from './model-host.js';
import type { ShiftScale } from './modulation.js';
import { ROWS_PER_BLOCK } from './transformer-layout.js';

/** Input of `embed`. */
export interface EmbedInput {
  /** [batch, ...image] */
  readonly image: Float32Array;
  readonly timestep: number;
  /** [batch] */
  readonly labels: BigInt64Array;
  readonly batch: number;
}

/** Output of `embed`: what the blocks walk on, and what modulation is made from. */
export interface Embedded {
  /** [batch, tokens, width] */
  readonly hidden: Float32Array;
  /** [batch, width] */
  readonly conditioning: Float32Array;
}

/** Input of a branch or of the head. */
export interface ModulatedInput extends ShiftScale {
  /** [batch, tokens, width] */
  readonly hidden: Float32Array;
  readonly batch: number;
}

/**
 * The arithmetic of an adaLN-zero transformer, one function a segment, without state. Every result is a
 * fresh array. Everything else (runs, order, history, handles) is `createTransformerHost`'s.
 */
export interface TransformerNetwork {
  readonly description: Omit<ModelDescription, 'hostId'>;
  /** Labels are 0 .. labelCount - 1, the null class included. */
  readonly labelCount: number;
  embed(input: EmbedInput): Promise<Embedded>;
  /** Rows [batch, depth * 6 + 2, width]. */
  modulation(conditioning: Float32Array, batch: number): Promise<Float32Array>;
  branch(site: string, input: ModulatedInput): Promise<Float32Array>;
  head(input: ModulatedInput): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What `describeTransformer` needs to know. */
export interface TransformerSizes {
  readonly model: string;
  readonly depth: number;
  readonly tokens: number;
  readonly width: number;
  /** Channels, height, width of the network's input and output. */
  readonly image: readonly number[];
  /** Floating-point operations of one sample at a site. */
  readonly flops: (site: string) => number;
}

/**
 * The description of an adaLN-zero transformer with a class label. `hidden` and `output` cost nothing of
 * their own: what a forecast at their granularity saves is the sum of the sites before them.
 */
export function describeTransformer(sizes: TransformerSizes): Omit<ModelDescription, 'hostId'> {
  const { width, tokens, depth } = sizes;
  const image = float32([...sizes.image]);
  const hidden = float32([tokens, width]);
  const rows = float32([depth * ROWS_PER_BLOCK + 2, width]);
  const computed = (site: Omit<SiteDescription, 'flops' | 'isForwardable'>): SiteDescription => ({
    ...site,
    flops: sizes.flops(site.name),
    isForwardable: true,
  });
  const composed = (name: 'hidden' | 'output', output: TensorType): SiteDescription => {
    return { name, kind: name, block: 0, input: null, output, flops: 0, isForwardable: false };
  };
  const blocks = Array.from({ length: depth }, (_, block) =>
    (['attention', 'mlp'] as const).map((kind) =>
      computed({ name: `blocks.${block}.${kind}`, kind, block, input: hidden, output: hidden }),
    ),
  );
  return {
    model: sizes.model,
    sites: [
      computed({ name: 'embed', kind: 'embed', block: 0, input: image, output: hidden }),
      computed({ name: 'modulation', kind: 'modulation', block: 0, input: null, output: rows }),
      ...blocks.flat(),
      composed('hidden', hidden),
      computed({ name: 'head', kind: 'head', block: 0, input: hidden, output: image }),
      composed('output', image),
    ],
    input: image,
    output: image,
    conditioning: [{ name: 'label', type: { dtype: 'int64', shape: [] } }],
  };
}

function float32(shape: readonly number[]): TensorType {
  return { dtype: 'float32', shape };
}
