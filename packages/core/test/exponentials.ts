/** A factor per spacing: real, or one of a conjugate pair. */
export interface Rate {
  readonly re: number;
  readonly im?: number;
}

/** Numbers in (-1, 1), the same for the same seed. */
export function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    // mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/**
 * A feature of `length` elements that is a sum of exponentials of s, each real rate with a direction of
 * its own and each complex one with two, as a function of s in spacings.
 */
export function exponentials(rates: readonly Rate[], length = 24): (s: number) => number[] {
  const next = seededNumbers(7);
  const direction = () => Array.from({ length }, next);
  const parts = rates.map(({ re, im = 0 }) => ({
    radius: Math.hypot(re, im),
    angle: Math.atan2(im, re),
    cosine: direction(),
    sine: im === 0 ? direction().map(() => 0) : direction(),
  }));
  return (s) =>
    Array.from({ length }, (_, i) =>
      parts.reduce((sum, { radius, angle, cosine, sine }) => {
        const wave =
          Math.cos(angle * s) * (cosine[i] ?? NaN) + Math.sin(angle * s) * (sine[i] ?? NaN);
        return sum + radius ** s * wave;
      }, 0),
    );
}

/** Inner products in float64. */
export function gramOf(features: readonly (readonly number[])[]): number[][] {
  return features.map((left) =>
    features.map((right) => left.reduce((sum, x, i) => sum + x * (right[i] ?? NaN), 0)),
  );
}

/** Inner products of a feature's newest snapshots, newest first: at s = 0, -1, ... */
export function gramAt(feature: (s: number) => readonly number[], count: number): number[][] {
  return gramOf(Array.from({ length: count }, (_, j) => feature(-j)));
}
