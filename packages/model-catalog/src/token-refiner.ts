import {
  affineLayerNorm,
  feedForward,
  linear,
  modulation,
  timeEmbedder,
  vectorEmbedder,
} from './transformer-flops.js';

const REFINER_BLOCKS = 2;

/**
 * FLOPs of HunyuanVideo's token refiner for one sample: it maps the language model's [tokens, textWidth] to the
 * network's width through two small transformer blocks, conditioned on time and on the mean prompt. Its
 * attention runs in PyTorch's fused operator, which the counter does not see (1.6 GFLOP at 256 tokens).
 */
export function tokenRefiner(tokens: number, textWidth: number, width: number): number {
  const condition = timeEmbedder(width) + vectorEmbedder(textWidth, width);
  const projections = linear(tokens, width, 3 * width) + linear(tokens, width, width);
  const block =
    2 * affineLayerNorm(tokens, width) +
    projections +
    feedForward(tokens, width, 4 * width) +
    modulation(width, 2);
  return condition + linear(tokens, textWidth, width) + REFINER_BLOCKS * block;
}
