import type { CallWeights } from '@forecache/cache-policy';

/** One site of a joint batch and the weights of every group of its images, newest feature first. */
export interface SiteForecast {
  readonly site: string;
  readonly byGroup: readonly CallWeights[];
}

/**
 * Σ_j weights[j] · (j-th newest feature), each group of images by its own weights: images of a joint batch come first with
 * their classes, then without. Sums are taken in float64 and rounded once.
 */
export function combineSites(
  stored: readonly ReadonlyMap<string, Float32Array>[],
  { site, byGroup }: SiteForecast,
): Float32Array {
  const features = stored.map((call) => call.get(site) as Float32Array);
  const length = features[0]?.length ?? 0;
  const sum = new Float64Array(length);
  const part = length / (2 * byGroup.length);
  byGroup.forEach((weights, group) => {
    for (const start of [group * part, length / 2 + group * part]) {
      weights.forEach((weight, j) => addScaled(sum, features[j], { weight, start, part }));
    }
  });
  return Float32Array.from(sum);
}

interface Scaled {
  readonly weight: number;
  readonly start: number;
  readonly part: number;
}

function addScaled(
  sum: Float64Array,
  feature: Float32Array | undefined,
  { weight, start, part }: Scaled,
): void {
  if (feature === undefined) throw new Error('a forecast reads more features than are stored');
  for (let i = start; i < start + part; i++) {
    sum[i] = (sum[i] as number) + weight * (feature[i] as number);
  }
}
