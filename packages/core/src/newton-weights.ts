/**
 * Lagrange weights, newest first, of the polynomial through the features at `positions` (oldest first),
 * evaluated at `at`: the exact divided differences of Newton's form, for any spacing.
 *
 * Each weight is a product of ratios of differences of the given positions, so its relative error is a few
 * rounding errors whatever the spacing; at a stored position the weights are exactly 0 and 1.
 */
export function newtonWeights(positions: readonly number[], at: number): number[] {
  return positions.map((_, index) => lagrangeWeight(positions, index, at)).reverse();
}

function lagrangeWeight(positions: readonly number[], index: number, at: number): number {
  const own = positions[index] ?? NaN;
  let weight = 1;
  for (const [other, position] of positions.entries()) {
    if (other !== index) weight *= (at - position) / (own - position);
  }
  return weight;
}
