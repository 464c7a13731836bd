import { createSite, type AlwaysTerm, type CatalogSite } from './layer-table.js';
import { eachBlock, type Layers, type ModelDefinition } from './model-definition.js';
import { only, type ModelSize } from './model-size.js';
import { FLOAT32, patchTokens } from './patch-grid.js';

/** DiT-XL/2: depth 28, width C = 1152, 16 heads, MLP 4C. */
const DEPTH = 28;
const C = 1152;
const HEADS = 16;
const HEAD_WIDTH = C / HEADS;
const LATENT_STRIDE = 8;
/** Noise and variance of four latent channels. */
const OUTPUT_CHANNELS = 8;

/** DiT-XL/2 at 256 × 256. */
export const DIT_XL_2_256: ModelDefinition = defineDit(256);

/** DiT-XL/2 at 512 × 512: another checkpoint, four times the tokens. */
export const DIT_XL_2_512: ModelDefinition = defineDit(512);

function defineDit(side: number): ModelDefinition {
  const sideRule = only(side, 'the position table of this checkpoint');
  return {
    name: `dit-xl-2-${side}`,
    title: `DiT-XL/2 ${side}×${side}`,
    steps: 50,
    source:
      'facebookresearch/DiT models.py; counter of Shenyi-Z/TaylorSeer TaylorSeer-DiT/models.py',
    rules: {
      height: sideRule,
      width: sideRule,
      frames: only(1, 'an image model'),
      textTokens: only(0, 'a class-conditional model'),
    },
    layers,
  };
}

/**
 * The repository's own counter, term for term. It counts blocks only: no embedder, no final layer. A forecast
 * call costs the adaLN of every block; a bypassed block costs nothing. Guidance is batched, so a call holds
 * 2 · samples.
 */
function layers(size: ModelSize): Layers {
  const { height, width, samples } = size;
  const batch = 2 * samples;
  const tokens = patchTokens(size);
  return {
    blocks: DEPTH,
    batch,
    branches: 1,
    sites: eachBlock(DEPTH, (block) => blockSites(block, tokens, batch)),
    always: eachBlock(DEPTH, (block) => [adaLayerNorm(block, batch)]),
    hidden: { tokens, width: C, bytesPerNumber: FLOAT32 },
    output: {
      numbersPerSample: OUTPUT_CHANNELS * (height / LATENT_STRIDE) * (width / LATENT_STRIDE),
      bytesPerNumber: FLOAT32,
    },
    counter: 'repository',
    convention:
      "the repository's counter: 2 operations a multiply-accumulate, 1 in adaLN; no embedders, no final layer",
  };
}

function blockSites(block: number, tokens: number, batch: number): readonly CatalogSite[] {
  const shape = {
    stream: 'image',
    block,
    tokens,
    width: C,
    bytesPerNumber: FLOAT32,
    batch,
  } as const;
  const attention = attentionFlops(tokens);
  const norm = layerNormFlops(tokens);
  const mlp = { fixed: norm, perToken: mlpFlops(1) };
  return [
    createSite({
      ...shape,
      name: `blocks.${block}.attention`,
      kind: 'attention',
      perSample: { full: attention },
    }),
    createSite({
      ...shape,
      name: `blocks.${block}.mlp`,
      kind: 'mlp',
      perSample: { full: norm + mlpFlops(tokens), partial: mlp },
    }),
  ];
}

/** q k v, the scaling of q, scores, softmax at 5 a score, values, projection. */
function attentionFlops(n: number): number {
  const projections = 2 * n * C * 3 * C + 2 * n * C * C;
  const scaling = HEADS * n * HEAD_WIDTH;
  const products = 2 * (2 * HEADS * n * n * HEAD_WIDTH);
  const softmax = 5 * HEADS * n * n;
  return projections + scaling + products + softmax;
}

/** Two products and GELU at 6 a number. */
function mlpFlops(n: number): number {
  return 2 * (2 * n * C * 4 * C) + 6 * n * 4 * C;
}

/**
 * Both LayerNorms of a block, one operation a number each. The counter adds them wherever an MLP runs: for all
 * tokens in a partial call too, even if no token was chosen. That makes ToCa's 10.2328 T; hence `fixed`.
 */
function layerNormFlops(n: number): number {
  return 2 * n * C;
}

/** SiLU, and the linear layer to six vectors at one operation a multiply-accumulate. */
function adaLayerNorm(block: number, batch: number): AlwaysTerm {
  return { name: `blocks.${block}.modulation`, block, flops: batch * (C + 6 * C * C) };
}
