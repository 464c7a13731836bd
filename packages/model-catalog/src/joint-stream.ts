import { doubleStreamSites } from './double-stream.js';
import { createSite, type AlwaysTerm, type CatalogSite } from './layer-table.js';
import { eachBlock, type Layers } from './model-definition.js';
import { BFLOAT16, PATCH_NUMBERS } from './patch-grid.js';
import {
  activation,
  attention,
  attentionBranch,
  layerNorm,
  linear,
  mlpBranch,
  modulation,
} from './transformer-flops.js';

/**
 * The transformer of FLUX, HunyuanVideo and FramePack: double-stream blocks, in which image and text have their
 * own weights and attend to each other, then single-stream blocks over both. MLPs are four times as wide.
 */
export interface JointStream {
  readonly batch: number;
  readonly imageTokens: number;
  readonly textTokens: number;
  readonly width: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
  /**
   * What the authors' partial calls compute of a single block's first product for the chosen tokens: the MLP's
   * columns (FLUX), or q, k and v as well, unused (HunyuanVideo).
   */
  readonly partialSingle: 'mlp' | 'all';
  /** FLOPs of one sample before the blocks. */
  readonly embedders: number;
  /** FLOPs of one sample after them. */
  readonly head: number;
  /** Image tokens that the head turns into the result. */
  readonly outputTokens: number;
  readonly convention: string;
}

/** The layers of such a network, in bfloat16; guidance is distilled into it, so it has one branch. */
export function jointStreamLayers(network: JointStream): Layers {
  const { batch, width, doubleBlocks, singleBlocks, outputTokens } = network;
  const blocks = doubleBlocks + singleBlocks;
  return {
    blocks,
    batch,
    branches: 1,
    sites: eachBlock(blocks, (block) =>
      block < doubleBlocks ? doubleBlockSites(network, block) : [singleBlockSite(network, block)],
    ),
    always: [
      { name: 'embedders', block: null, flops: batch * network.embedders },
      ...eachBlock(blocks, (block) => [blockModulation(network, block)]),
      { name: 'head', block: null, flops: batch * network.head },
    ],
    hidden: { tokens: outputTokens, width, bytesPerNumber: BFLOAT16 },
    output: { numbersPerSample: outputTokens * PATCH_NUMBERS, bytesPerNumber: BFLOAT16 },
    counter: 'calflops',
    convention: network.convention,
  };
}

/** Six vectors a stream in a double block, three in a single one. */
function blockModulation(network: JointStream, block: number): AlwaysTerm {
  const { batch, width, doubleBlocks } = network;
  const flops = block < doubleBlocks ? 2 * modulation(width, 6) : modulation(width, 3);
  return { name: `blocks.${block}.modulation`, block, flops: batch * flops };
}

function doubleBlockSites(network: JointStream, block: number): readonly CatalogSite[] {
  const { batch, imageTokens, textTokens, width } = network;
  const keys = imageTokens + textTokens;
  const streamOf = (stream: 'image' | 'text', tokens: number) => ({
    stream,
    tokens,
    attention: {
      full: attentionBranch(tokens, keys, width),
      projection: linear(tokens, width, width),
    },
    mlp: { full: mlpBranch(tokens, width, 4 * width) },
  });
  return doubleStreamSites({ block, width, bytesPerNumber: BFLOAT16, batch }, [
    streamOf('image', imageTokens),
    streamOf('text', textTokens),
  ]);
}

/**
 * q, k, v and the MLP's hidden layer in one product, attention, and one product from both to the output.
 * A partial call takes the attention of the chosen tokens from the last full call.
 */
function singleBlockSite(network: JointStream, block: number): CatalogSite {
  const { batch, imageTokens, textTokens, width, partialSingle } = network;
  const tokens = imageTokens + textTokens;
  const around = (rows: number) =>
    layerNorm(rows, width) + activation(rows * 4 * width) + linear(rows, 5 * width, width);
  const partialOutputs = partialSingle === 'mlp' ? 4 * width : 7 * width;
  return createSite({
    name: `blocks.${block}.single`,
    kind: 'single',
    stream: 'joint',
    block,
    tokens,
    width,
    bytesPerNumber: BFLOAT16,
    batch,
    perSample: {
      full: around(tokens) + linear(tokens, width, 7 * width) + attention(tokens, tokens, width),
      partial: { fixed: 0, perToken: around(1) + linear(1, width, partialOutputs) },
    },
  });
}
