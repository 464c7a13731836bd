/** Numbers of samples: float32 in runs, float64 where rounding must not show. */
export type Samples = Float32Array | Float64Array;

/**
 * target = Σ weights[j] · sources[j], number by number. Added up in double precision and rounded once, on the way into
 * `target`, which may be one of the sources. Allocates nothing.
 */
export function weightedSum(
  target: Samples,
  weights: readonly number[],
  sources: readonly Samples[],
): void {
  for (let i = 0; i < target.length; i++) {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) {
      sum += (weights[j] as number) * (sources[j]?.[i] ?? NaN);
    }
    target[i] = sum;
  }
}
