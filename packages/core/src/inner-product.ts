/** The sum of left[i] * right[i]. */
export function innerProduct(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, x, i) => sum + x * (right[i] ?? NaN), 0);
}

/** The Euclidean norm. Squares below 1e-308 count as 0. */
export function norm(values: readonly number[]): number {
  return Math.sqrt(innerProduct(values, values));
}
