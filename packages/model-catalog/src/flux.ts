import { jointStreamLayers } from './joint-stream.js';
import type { Layers, ModelDefinition } from './model-definition.js';
import { integerBetween, only, side, type ModelSize } from './model-size.js';
import { PATCH_NUMBERS, patchTokens } from './patch-grid.js';
import { finalLayer, linear, timeEmbedder, vectorEmbedder } from './transformer-flops.js';

/** FLUX.1-dev: 19 double and 38 single blocks of width D = 3072. */
const DOUBLE_BLOCKS = 19;
const SINGLE_BLOCKS = 38;
const D = 3072;
const T5_WIDTH = 4096;
const CLIP_WIDTH = 768;

/**
 * FLUX.1-dev, guidance-distilled. The paper says 1000 × 1000, but its FLOPs are those of 1024 × 1024 with 512
 * text tokens; the released program rounds 1000 down to 992, we reject it.
 */
export const FLUX_1_DEV: ModelDefinition = {
  name: 'flux.1-dev',
  title: 'FLUX.1-dev',
  steps: 50,
  source: 'black-forest-labs/flux src/flux/util.py (flux-dev) and src/flux/modules/layers.py',
  rules: {
    height: side(1024),
    width: side(1024),
    frames: only(1, 'an image model'),
    textTokens: integerBetween(512, 1, 512),
  },
  layers,
};

function layers(size: ModelSize): Layers {
  const { textTokens, samples } = size;
  const imageTokens = patchTokens(size);
  return jointStreamLayers({
    batch: samples,
    imageTokens,
    textTokens,
    width: D,
    doubleBlocks: DOUBLE_BLOCKS,
    singleBlocks: SINGLE_BLOCKS,
    partialSingle: 'mlp',
    embedders:
      linear(imageTokens, PATCH_NUMBERS, D) +
      linear(textTokens, T5_WIDTH, D) +
      2 * timeEmbedder(D) +
      vectorEmbedder(CLIP_WIDTH, D),
    head: finalLayer(imageTokens, D, PATCH_NUMBERS),
    outputTokens: imageTokens,
    convention: 'calflops 0.3.2: 2 operations a multiply-accumulate; attention as its two products',
  });
}
