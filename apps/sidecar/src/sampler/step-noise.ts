import { createNormalSource, type NormalSource } from './noise.js';

/**
 * Fresh noise for samplers that add some: every image draws on where its own seed's first noise ended, so that it does
 * not depend on the batch it is made in.
 */
export function createStepNoise(
  seeds: readonly number[],
  size: number,
): (target: Float64Array) => void {
  const imageSize = size / seeds.length;
  let sources: readonly NormalSource[] | null = null;
  return (target) => {
    sources ??= seeds.map((seed) => sourceBehind(seed, imageSize));
    sources.forEach((source, image) => {
      for (let i = 0; i < imageSize; i++) target[image * imageSize + i] = source.next();
    });
  };
}

function sourceBehind(seed: number, drawn: number): NormalSource {
  const source = createNormalSource(seed);
  for (let i = 0; i < drawn; i++) source.next();
  return source;
}
