import type { ModelManifest } from '@forecache/demo-model';
import type { AlwaysTerm, CatalogSite, LayerTable, PartialCost } from '@forecache/model-catalog';

const FLOAT32_BYTES = 4;

/** Guidance batches the conditional and the unconditional sample. */
const SAMPLES_PER_IMAGE = 2;

/** The demo model as the catalog describes a network, read off its manifest: one image with guidance. */
export function demoLayerTable(manifest: ModelManifest): LayerTable {
  const { id, config, image } = manifest;
  const { depth, tokens, width } = config;
  const kinds = ['attention', 'mlp'] as const;
  const blocks = Array.from({ length: depth }, (_, block) => block);
  return {
    model: id,
    title: 'Demo DiT, Fashion-MNIST',
    size: { height: image.height, width: image.width, frames: 1, textTokens: 0, samples: 1 },
    blocks: depth,
    batch: SAMPLES_PER_IMAGE,
    branches: 1,
    sites: blocks.flatMap((block) => kinds.map((kind) => demoSite(manifest, block, kind))),
    always: ['embed', 'modulation', 'head'].map((name) => alwaysTerm(manifest, name)),
    hidden: { tokens, width, bytesPerNumber: FLOAT32_BYTES },
    output: {
      numbersPerSample: image.channels * image.height * image.width,
      bytesPerNumber: FLOAT32_BYTES,
    },
    counter: 'repository',
    convention: 'the manifest: matrix products alone, 2 operations a multiply-accumulate',
  };
}

function demoSite(manifest: ModelManifest, block: number, kind: 'attention' | 'mlp'): CatalogSite {
  const { tokens, width } = manifest.config;
  const partial = kind === 'attention' ? attentionByToken(manifest) : null;
  const flops = SAMPLES_PER_IMAGE * segmentFlops(manifest, `${kind}-${padded(block)}`);
  return {
    name: `blocks.${block}.${kind}`,
    kind,
    stream: 'image',
    block,
    tokens,
    width,
    bytesPerNumber: FLOAT32_BYTES,
    flops,
    partial: partial ?? { fixed: 0, perToken: flops / tokens },
    projectionFlops: null,
  };
}

/** Keys and values of all tokens; query, scores, mixing and projection of the chosen ones. */
function attentionByToken({ config: { tokens, width } }: ModelManifest): PartialCost {
  return {
    fixed: SAMPLES_PER_IMAGE * 2 * (2 * tokens * width ** 2),
    perToken: SAMPLES_PER_IMAGE * 2 * (2 * width ** 2 + 2 * tokens * width),
  };
}

/** One segment makes the modulation of all blocks, so it runs as long as any call does. */
function alwaysTerm(manifest: ModelManifest, name: string): AlwaysTerm {
  return { name, block: null, flops: SAMPLES_PER_IMAGE * segmentFlops(manifest, name) };
}

function segmentFlops({ id, segments }: ModelManifest, name: string): number {
  const segment = segments[name];
  if (segment === undefined) throw new Error(`the manifest of ${id} has no segment ${name}`);
  return segment.flopsPerSample;
}

/** Segments count their blocks in two digits. */
function padded(block: number): string {
  return String(block).padStart(2, '0');
}
