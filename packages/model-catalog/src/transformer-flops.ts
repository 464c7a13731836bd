/**
 * FLOPs of the parts that diffusion transformers are made of, for one sample, as calflops 0.3.2 counts them
 * (the tool behind the paper's FLUX, HunyuanVideo and HiDream columns): a multiply and an add are two
 * operations; a linear layer has no bias, a convolution has; LayerNorm is 4 operations a number, 5 with weights;
 * GELU and SiLU are 1. RMSNorm, rotary embedding, softmax, gates, shifts, scales and residual additions are
 * free, because the tool sees neither operators nor tensor methods. Attention counts as its two matrix products.
 * The einsum calls of rotary embeddings and unpatchifying, below 0.01 GFLOP a call, are left out.
 */

/** A product [rows, inputs] × [inputs, outputs]. */
export function linear(rows: number, inputs: number, outputs: number): number {
  return 2 * rows * inputs * outputs;
}

/** Scores and values of `queries` rows against `keys` tokens; the heads together are `width` wide. */
export function attention(queries: number, keys: number, width: number): number {
  return 2 * linear(queries, keys, width);
}

/** LayerNorm without weights. */
export function layerNorm(tokens: number, width: number): number {
  return 4 * tokens * width;
}

/** LayerNorm with weight and bias. */
export function affineLayerNorm(tokens: number, width: number): number {
  return 5 * tokens * width;
}

/** GELU or SiLU. */
export function activation(numbers: number): number {
  return numbers;
}

/** A patch embedding written as a convolution: a product with bias. */
export function patchConvolution(patches: number, inputs: number, width: number): number {
  return linear(patches, inputs, width) + patches * width;
}

/** Normalise, q k v, attention over `keys` tokens, projection: the branch of `tokens` rows. */
export function attentionBranch(tokens: number, keys: number, width: number): number {
  const products = linear(tokens, width, 3 * width) + linear(tokens, width, width);
  return layerNorm(tokens, width) + products + attention(tokens, keys, width);
}

/** Up, activation, down. */
export function feedForward(tokens: number, width: number, hidden: number): number {
  return 2 * linear(tokens, width, hidden) + activation(tokens * hidden);
}

/** Normalise, then `feedForward`. */
export function mlpBranch(tokens: number, width: number, hidden: number): number {
  return layerNorm(tokens, width) + feedForward(tokens, width, hidden);
}

/** Linear, SiLU, linear on one vector: the embedder of a pooled prompt. */
export function vectorEmbedder(inputs: number, width: number): number {
  return linear(1, inputs, width) + activation(width) + linear(1, width, width);
}

/** The embedder of a time or a guidance scale: 256 sines and cosines, then `vectorEmbedder`. */
export function timeEmbedder(width: number): number {
  return vectorEmbedder(256, width);
}

/** SiLU and a linear layer from the conditioning vector to `vectors` vectors: adaptive shifts, scales, gates. */
export function modulation(width: number, vectors: number): number {
  return activation(width) + linear(1, width, vectors * width);
}

/** The head: shift and scale, normalise, linear. */
export function finalLayer(tokens: number, width: number, outputs: number): number {
  return modulation(width, 2) + layerNorm(tokens, width) + linear(tokens, width, outputs);
}
