import { doubleStreamSites } from './double-stream.js';
import { invalidArgument } from './invalid-argument.js';
import { createSite, type AlwaysTerm, type CatalogSite } from './layer-table.js';
import { eachBlock, type Layers, type ModelDefinition } from './model-definition.js';
import { integerBetween, only, side, type ModelSize } from './model-size.js';
import { BFLOAT16, PATCH_NUMBERS, PIXELS_PER_TOKEN, patchTokens } from './patch-grid.js';
import { expertMlpBranch, swigluMlpBranch } from './swiglu-experts.js';
import {
  attentionBranch,
  finalLayer,
  linear,
  modulation,
  timeEmbedder,
  vectorEmbedder,
} from './transformer-flops.js';

/** HiDream-I1: 16 double and 32 single blocks of width D = 2560. */
const DOUBLE_BLOCKS = 16;
const SINGLE_BLOCKS = 32;
const BLOCKS = DOUBLE_BLOCKS + SINGLE_BLOCKS;
const D = 2560;
const MAX_IMAGE_TOKENS = 4096;
/** Both T5 and the language model. */
const TEXT_WIDTH = 4096;
const POOLED_WIDTH = 2048;

/**
 * HiDream-I1-Full; guidance is batched. `textTokens` are those of each text encoder. A block works on three
 * times as many: the carried T5 and language-model tokens, and the language-model layer that belongs to it.
 */
export const HIDREAM_I1_FULL: ModelDefinition = {
  name: 'hidream-i1-full',
  title: 'HiDream-I1-Full',
  steps: 50,
  source:
    'HiDream-ai/HiDream-I1 transformer_hidream_image.py, moe.py and the HiDream-I1-Full transformer config',
  rules: {
    height: side(1024),
    width: side(1024),
    frames: only(1, 'an image model'),
    textTokens: integerBetween(128, 1, 128),
  },
  layers,
};

interface BlockTokens {
  readonly image: number;
  readonly text: number;
  readonly batch: number;
}

function layers(size: ModelSize): Layers {
  const { textTokens, samples } = size;
  const batch = 2 * samples;
  const image = imageTokensOf(size);
  const tokens: BlockTokens = { image, text: 3 * textTokens, batch };
  const captions = (BLOCKS + 1) * linear(textTokens, TEXT_WIDTH, D);
  const vectors = timeEmbedder(D) + vectorEmbedder(POOLED_WIDTH, D);
  const embedders = linear(image, PATCH_NUMBERS, D) + captions + vectors;
  return {
    blocks: BLOCKS,
    batch,
    branches: 1,
    sites: eachBlock(BLOCKS, (block) =>
      block < DOUBLE_BLOCKS ? doubleBlockSites(tokens, block) : singleBlockSites(tokens, block),
    ),
    always: [
      { name: 'embedders', block: null, flops: batch * embedders },
      ...eachBlock(BLOCKS, (block) => [blockModulation(block, batch)]),
      { name: 'head', block: null, flops: batch * finalLayer(image, D, PATCH_NUMBERS) },
    ],
    hidden: { tokens: image, width: D, bytesPerNumber: BFLOAT16 },
    output: { numbersPerSample: image * PATCH_NUMBERS, bytesPerNumber: BFLOAT16 },
    counter: 'calflops',
    convention:
      'calflops 0.3.2: 2 operations a multiply-accumulate; attention as its two products; active experts only',
  };
}

/** A square image has its own tokens; any other is padded to the most there are. */
function imageTokensOf(size: ModelSize): number {
  const { height, width } = size;
  const tokens = patchTokens(size);
  if (tokens > MAX_IMAGE_TOKENS) {
    const rule = `at most ${MAX_IMAGE_TOKENS * PIXELS_PER_TOKEN ** 2} pixels`;
    throw invalidArgument('height × width', rule, height * width);
  }
  return height === width ? tokens : MAX_IMAGE_TOKENS;
}

function doubleBlockSites({ image, text, batch }: BlockTokens, block: number) {
  const keys = image + text;
  return doubleStreamSites({ block, width: D, bytesPerNumber: BFLOAT16, batch }, [
    {
      stream: 'image',
      tokens: image,
      attention: { full: attentionBranch(image, keys, D) },
      mlp: { full: expertMlpBranch(image, D) },
    },
    {
      stream: 'text',
      tokens: text,
      attention: { full: attentionBranch(text, keys, D) },
      mlp: { full: swigluMlpBranch(text, D) },
    },
  ]);
}

function singleBlockSites(
  { image, text, batch }: BlockTokens,
  block: number,
): readonly CatalogSite[] {
  const tokens = image + text;
  const shape = {
    stream: 'joint',
    block,
    tokens,
    width: D,
    bytesPerNumber: BFLOAT16,
    batch,
  } as const;
  return [
    createSite({
      ...shape,
      name: `blocks.${block}.attention`,
      kind: 'attention',
      perSample: { full: attentionBranch(tokens, tokens, D) },
    }),
    createSite({
      ...shape,
      name: `blocks.${block}.mlp`,
      kind: 'mlp',
      perSample: { full: expertMlpBranch(tokens, D) },
    }),
  ];
}

function blockModulation(block: number, batch: number): AlwaysTerm {
  const flops = batch * modulation(D, block < DOUBLE_BLOCKS ? 12 : 6);
  return { name: `blocks.${block}.modulation`, block, flops };
}
