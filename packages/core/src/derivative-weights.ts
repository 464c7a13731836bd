/**
 * Weights of the `order`-th derivative at `at` of the polynomial through values at `positions`, in their
 * order. Fornberg's recursion (Math. Comp. 51, 1988): exact for polynomials of degree < positions.length.
 */
export function derivativeWeights(
  positions: readonly number[],
  at: number,
  order: number,
): readonly number[] {
  // weights[d][j]: weight of value j in the d-th derivative, over the positions taken in so far.
  let weights: number[][] = Array.from({ length: order + 1 }, (_, d) => [d === 0 ? 1 : 0]);
  let scale = 1;
  for (const [n, position] of positions.entries()) {
    if (n === 0) continue;
    const earlier = positions.slice(0, n);
    const product = earlier.reduce((total, other) => total * (position - other), 1);
    weights = takeIn({ weights, earlier, position, at, ratio: scale / product });
    scale = product;
  }
  return weights[order] ?? [];
}

interface Stencil {
  readonly weights: readonly (readonly number[])[];
  readonly earlier: readonly number[];
  readonly position: number;
  readonly at: number;
  readonly ratio: number;
}

function takeIn({ weights, earlier, position, at, ratio }: Stencil): number[][] {
  const previous = earlier.at(-1) ?? NaN;
  return weights.map((level, d) => {
    const lower = weights[d - 1] ?? [];
    const old = earlier.map((other, j) => {
      const own = (position - at) * (level[j] ?? 0) - d * (lower[j] ?? 0);
      return own / (position - other);
    });
    const last = d * (lower.at(-1) ?? 0) - (previous - at) * (level.at(-1) ?? 0);
    return [...old, ratio * last];
  });
}
