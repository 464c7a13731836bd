import type { CatalogSite, LayerTable } from '@forecache/model-catalog';

/** FLOPs of the tiny network's parts; a full call is 1 + 4 · (2 + 100 + 1000) + 3 = 4412. */
export const TINY = Object.freeze({
  embed: 1,
  modulation: 2,
  attention: 100,
  projection: 40,
  mlp: 1000,
  head: 3,
  full: 4412,
});

/** Four blocks of one attention and one MLP, 10 tokens of width 2 in bytes; every part's FLOPs are a digit's place. */
export const TINY_TABLE: LayerTable = {
  model: 'tiny',
  title: 'Tiny',
  size: { height: 16, width: 16, frames: 1, textTokens: 0, samples: 1 },
  blocks: 4,
  batch: 1,
  branches: 1,
  sites: [0, 1, 2, 3].flatMap((block) => [tinySite(block, 'attention'), tinySite(block, 'mlp')]),
  always: [
    { name: 'embed', block: null, flops: TINY.embed },
    ...[0, 1, 2, 3].map((block) => ({ name: 'modulation', block, flops: TINY.modulation })),
    { name: 'head', block: null, flops: TINY.head },
  ],
  hidden: { tokens: 5, width: 2, bytesPerNumber: 1 },
  output: { numbersPerSample: 7, bytesPerNumber: 1 },
  counter: 'repository',
  convention: 'made up',
};

function tinySite(block: number, kind: 'attention' | 'mlp'): CatalogSite {
  return {
    name: `blocks.${block}.${kind}`,
    kind,
    stream: 'image',
    block,
    tokens: 10,
    width: 2,
    bytesPerNumber: 1,
    flops: TINY[kind],
    partial: { fixed: 0, perToken: TINY[kind] / 10 },
    projectionFlops: kind === 'attention' ? TINY.projection : null,
  };
}
