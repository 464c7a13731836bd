import { jointStreamLayers } from './joint-stream.js';
import type { Layers, ModelDefinition } from './model-definition.js';
import { integerBetween, side, videoFrames, type ModelSize } from './model-size.js';
import { PATCH_NUMBERS, PIXELS_PER_TOKEN, patchTokens } from './patch-grid.js';
import { tokenRefiner } from './token-refiner.js';
import {
  activation,
  layerNorm,
  linear,
  modulation,
  patchConvolution,
  timeEmbedder,
  vectorEmbedder,
} from './transformer-flops.js';

/** HunyuanVideo's transformer: 20 double and 40 single blocks of width D = 3072. */
const DOUBLE_BLOCKS = 20;
const SINGLE_BLOCKS = 40;
const D = 3072;
const LANGUAGE_MODEL_WIDTH = 4096;
const CLIP_WIDTH = 768;
/** SigLIP's view of the start image: 27 × 27 tokens in front of the prompt. */
const VISION_TOKENS = 729;
const VISION_WIDTH = 1152;
/** The refiner sees the prompt padded; the blocks see it cropped. */
const PADDED_TEXT_TOKENS = 512;
/**
 * Clean latents in front of the section: the start image and the newest frame in normal patches, two older
 * frames in patches twice as large in each direction of space and time, sixteen in patches four times as large.
 */
const HISTORY = Object.freeze([
  { frames: 2, scale: 1 },
  { frames: 2, scale: 2 },
  { frames: 16, scale: 4 },
]);

/**
 * FramePack, one section: 33 frames are the 9 latent frames of the released program's window, and a square image
 * gets its 640 × 608 bucket. Distilled guidance. The output of a single block is 3072 wide, as in the paper;
 * the authors' disabled cache keeps its 15360-wide input instead. No FLOPs are published.
 */
export const FRAMEPACK: ModelDefinition = {
  name: 'framepack',
  title: 'FramePack (one section)',
  steps: 25,
  source: 'lllyasviel/FramePack diffusers_helper/models/hunyuan_video_packed.py and demo_gradio.py',
  rules: {
    height: side(640),
    width: side(608),
    frames: videoFrames(33),
    textTokens: integerBetween(PADDED_TEXT_TOKENS, 1, PADDED_TEXT_TOKENS),
  },
  layers,
};

function layers(size: ModelSize): Layers {
  const { textTokens, samples } = size;
  const sectionTokens = patchTokens(size);
  const history = historyPatches(size);
  const imageTokens = sectionTokens + history.tokens;
  return jointStreamLayers({
    batch: samples,
    imageTokens,
    textTokens: VISION_TOKENS + textTokens,
    width: D,
    doubleBlocks: DOUBLE_BLOCKS,
    singleBlocks: SINGLE_BLOCKS,
    partialSingle: 'all',
    embedders: patchConvolution(sectionTokens, PATCH_NUMBERS, D) + history.flops + conditionFlops(),
    head: modulation(D, 2) + layerNorm(imageTokens, D) + linear(sectionTokens, D, PATCH_NUMBERS),
    outputTokens: sectionTokens,
    convention:
      'as calflops 0.3.2 would count: 2 operations a multiply-accumulate; attention as its two products',
  });
}

/** Tokens of the clean latents and the FLOPs of embedding them; a part patch is padded to a whole one. */
function historyPatches({ height, width }: ModelSize) {
  let tokens = 0;
  let flops = 0;
  for (const { frames, scale } of HISTORY) {
    const rows = Math.ceil(height / PIXELS_PER_TOKEN / scale);
    const columns = Math.ceil(width / PIXELS_PER_TOKEN / scale);
    const patches = (frames / scale) * rows * columns;
    tokens += patches;
    flops += patchConvolution(patches, PATCH_NUMBERS * scale ** 3, D);
  }
  return { tokens, flops };
}

function conditionFlops(): number {
  const vision =
    linear(VISION_TOKENS, VISION_WIDTH, 3 * D) +
    activation(VISION_TOKENS * 3 * D) +
    linear(VISION_TOKENS, 3 * D, D);
  return (
    tokenRefiner(PADDED_TEXT_TOKENS, LANGUAGE_MODEL_WIDTH, D) +
    vision +
    2 * timeEmbedder(D) +
    vectorEmbedder(CLIP_WIDTH, D)
  );
}
