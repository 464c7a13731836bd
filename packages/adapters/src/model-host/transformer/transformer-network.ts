import type { TensorType } from '../../tensor/tensor.js';
import type { ModelDescription, SiteDescription, TokenScore } from '../model-host.js';
import type { ShiftScale } from '../walk/modulation.js';
import type { ChosenTokens } from '../tokens/token-rows.js';
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

/** Input of a branch or of the head, before its norm. */
export interface ModulatedInput extends ShiftScale {
  /** [batch, tokens, width] */
  readonly hidden: Float32Array;
  readonly batch: number;
}

/**
 * What an attention can measure of every token: `influence`, the attention that it receives (the mean over heads and
 * queries of the softmax; sums to 1 over the tokens), or `value-norm`, the mean over heads of its value's L2 norm.
 */
export type TokenMeasure = Exclude<TokenScore, 'random'>;

/** Input of a branch and what to compute of it. */
export interface BranchRequest extends ModulatedInput {
  /** The tokens to compute, an attention's with the keys and values of all; null computes all. */
  readonly chosen: ChosenTokens | null;
  /** Only for an attention that computes all tokens. */
  readonly measure: TokenMeasure | null;
}

/** Output of a branch, before its gate. */
export interface BranchResult {
  /** [batch, tokens, width], or the chosen ones only: [batch, count, width]. */
  readonly branch: Float32Array;
  /** [batch, tokens]; null unless asked for. */
  readonly measured: Float32Array | null;
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
  branch(site: string, request: BranchRequest): Promise<BranchResult>;
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
 * The description of an adaLN-zero transformer with a class label. `hidden`, `output` and `change` cost nothing of
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
  const composed = (name: 'hidden' | 'output' | 'change', output: TensorType): SiteDescription => {
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
      composed('change', image),
    ],
    input: image,
    output: image,
    conditioning: [{ name: 'label', type: { dtype: 'int64', shape: [] } }],
  };
}

function float32(shape: readonly number[]): TensorType {
  return { dtype: 'float32', shape };
}
