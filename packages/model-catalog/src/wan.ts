import { createSite, type CatalogSite } from './layer-table.js';
import { eachBlock, type Layers, type ModelDefinition } from './model-definition.js';
import { only, side, videoFrames, type ModelSize } from './model-size.js';
import { BFLOAT16, FLOAT32, PATCH_NUMBERS, patchTokens } from './patch-grid.js';
import {
  activation,
  affineLayerNorm,
  attention,
  attentionBranch,
  layerNorm,
  linear,
  mlpBranch,
  modulation,
  patchConvolution,
  timeEmbedder,
} from './transformer-flops.js';

/** What differs between the two text-to-video models. */
interface WanShape {
  readonly blocks: number;
  readonly width: number;
  readonly hidden: number;
}

const TEXT_TOKENS = 512;
const T5_WIDTH = 4096;

/** Wan2.1 text-to-video, 1.3 billion weights. */
export const WAN_2_1_T2V_1_3B = defineWan('1.3B', { blocks: 30, width: 1536, hidden: 8960 });

/** Wan2.1 text-to-video, 14 billion weights. */
export const WAN_2_1_T2V_14B = defineWan('14B', { blocks: 40, width: 5120, hidden: 13_824 });

function defineWan(weights: string, shape: WanShape): ModelDefinition {
  return {
    name: `wan2.1-t2v-${weights.toLowerCase()}`,
    title: `Wan2.1 T2V ${weights}`,
    steps: 50,
    source: `Wan-Video/Wan2.1 wan/configs/wan_t2v_${weights.replace('.', '_')}.py and wan/modules/model.py`,
    rules: {
      height: side(480),
      width: side(832),
      frames: videoFrames(81),
      textTokens: only(TEXT_TOKENS, 'prompts are padded to it'),
    },
    layers: (size) => layers(shape, size),
  };
}

/**
 * Guidance calls the network twice a step, with a cache each: two branches. Blocks have no modulation layer of
 * their own; they add a learned table to the six vectors of one shared projection. No FLOPs are published.
 */
function layers(shape: WanShape, size: ModelSize): Layers {
  const { samples } = size;
  const tokens = patchTokens(size);
  const D = shape.width;
  const text =
    linear(TEXT_TOKENS, T5_WIDTH, D) + activation(TEXT_TOKENS * D) + linear(TEXT_TOKENS, D, D);
  const embedders =
    patchConvolution(tokens, PATCH_NUMBERS, D) + text + timeEmbedder(D) + modulation(D, 6);
  const head = layerNorm(tokens, D) + linear(tokens, D, PATCH_NUMBERS);
  return {
    blocks: shape.blocks,
    batch: samples,
    branches: 2,
    sites: eachBlock(shape.blocks, (block) => blockSites(shape, { block, tokens, batch: samples })),
    always: [
      { name: 'embedders', block: null, flops: samples * embedders },
      { name: 'head', block: null, flops: samples * head },
    ],
    hidden: { tokens, width: D, bytesPerNumber: FLOAT32 },
    output: { numbersPerSample: tokens * PATCH_NUMBERS, bytesPerNumber: FLOAT32 },
    counter: 'calflops',
    convention:
      'as calflops 0.3.2 would count: 2 operations a multiply-accumulate; attention as its two products',
  };
}

/** Self-attention, cross-attention to the prompt (which has no gate) and MLP. */
function blockSites(
  { width, hidden }: WanShape,
  place: { readonly block: number; readonly tokens: number; readonly batch: number },
): readonly CatalogSite[] {
  const { block, tokens } = place;
  const shape = { ...place, stream: 'image', width, bytesPerNumber: BFLOAT16 } as const;
  return [
    createSite({
      ...shape,
      name: `blocks.${block}.self-attention`,
      kind: 'attention',
      perSample: { full: attentionBranch(tokens, tokens, width) },
    }),
    createSite({
      ...shape,
      name: `blocks.${block}.cross-attention`,
      kind: 'cross-attention',
      perSample: crossAttention(tokens, width),
    }),
    createSite({
      ...shape,
      name: `blocks.${block}.mlp`,
      kind: 'mlp',
      perSample: { full: mlpBranch(tokens, width, hidden) },
    }),
  ];
}

/** Its LayerNorm has weights. Keys and values of the prompt are computed in every call, whatever tokens are chosen. */
function crossAttention(tokens: number, width: number) {
  const rows = (count: number) =>
    affineLayerNorm(count, width) +
    2 * linear(count, width, width) +
    attention(count, TEXT_TOKENS, width);
  const fixed = linear(TEXT_TOKENS, width, 2 * width);
  return { full: fixed + rows(tokens), partial: { fixed, perToken: rows(1) } };
}
