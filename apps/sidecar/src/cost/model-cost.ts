import type { Granularity } from '@forecache/adapters';
import type { ModelManifest } from '@forecache/demo-model';

const BYTES_PER_NUMBER = 4;

/** What calls of a model cost at one granularity, per sample of the network's batch. */
export interface ModelCost {
  /** Multiply and add counted separately, matrix products only. */
  readonly fullCallFlops: number;
  /** What is still computed when every forecastable site is forecast. */
  readonly forecastCallFlops: number;
  /** Bytes of one true feature of every forecastable site. */
  readonly featureBytes: number;
}

/** Reads the costs off a manifest. */
export function modelCost(manifest: ModelManifest, granularity: Granularity): ModelCost {
  return {
    fullCallFlops: manifest.flopsPerSample,
    forecastCallFlops: alwaysComputed(manifest, granularity),
    featureBytes: featureNumbers(manifest, granularity) * BYTES_PER_NUMBER,
  };
}

/** Nothing at granularity `output`; embed, modulation and head at the others. */
function alwaysComputed({ segments }: ModelManifest, granularity: Granularity): number {
  if (granularity === 'output') return 0;
  return Object.entries(segments)
    .filter(([name]) => !/^(attention|mlp)-/.test(name))
    .reduce((sum, [, { flopsPerSample }]) => sum + flopsPerSample, 0);
}

function featureNumbers({ config, image }: ModelManifest, granularity: Granularity): number {
  const hidden = config.tokens * config.width;
  switch (granularity) {
    case 'module':
      return 2 * config.depth * hidden;
    case 'block':
      return config.depth * hidden;
    case 'hidden':
      return hidden;
    case 'output':
      return image.channels * image.height * image.width;
  }
}
