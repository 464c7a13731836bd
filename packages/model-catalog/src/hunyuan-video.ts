import { jointStreamLayers } from './joint-stream.js';
import type { Layers, ModelDefinition } from './model-definition.js';
import { integerBetween, side, videoFrames, type ModelSize } from './model-size.js';
import { PATCH_NUMBERS, patchTokens } from './patch-grid.js';
import { tokenRefiner } from './token-refiner.js';
import { finalLayer, patchConvolution, timeEmbedder, vectorEmbedder } from './transformer-flops.js';

/** HunyuanVideo (HYVideo-T/2-cfgdistill): 20 double and 40 single blocks of width D = 3072. */
const DOUBLE_BLOCKS = 20;
const SINGLE_BLOCKS = 40;
const D = 3072;
const LANGUAGE_MODEL_WIDTH = 4096;
const CLIP_WIDTH = 768;

/** HunyuanVideo with embedded guidance. Prompts are padded to 256 tokens. */
export const HUNYUAN_VIDEO: ModelDefinition = {
  name: 'hunyuan-video',
  title: 'HunyuanVideo',
  steps: 50,
  source: 'Tencent/HunyuanVideo hyvideo/modules/models.py (HYVideo-T/2-cfgdistill)',
  rules: {
    height: side(480),
    width: side(640),
    frames: videoFrames(65),
    textTokens: integerBetween(256, 1, 256),
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
    partialSingle: 'all',
    embedders:
      patchConvolution(imageTokens, PATCH_NUMBERS, D) +
      tokenRefiner(textTokens, LANGUAGE_MODEL_WIDTH, D) +
      2 * timeEmbedder(D) +
      vectorEmbedder(CLIP_WIDTH, D),
    head: finalLayer(imageTokens, D, PATCH_NUMBERS),
    outputTokens: imageTokens,
    convention: 'calflops 0.3.2: 2 operations a multiply-accumulate; attention as its two products',
  });
}
