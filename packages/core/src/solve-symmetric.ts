/** A pivot at or below this part of its diagonal is what rounding leaves of zero. */
const ROUNDING = 1e-14;

/**
 * The solution of a symmetric positive definite system by Cholesky's decomposition A = L Lᵀ; undefined where a pivot
 * vanishes to rounding, so that rows depend on each other.
 */
export function solveSymmetric(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] | undefined {
  const size = matrix.length;
  const lower = matrix.map((row) => row.map(() => 0));
  const at = (i: number, j: number) => lower[i]?.[j] ?? NaN;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i]?.[j] ?? NaN;
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      if (i === j && !(rest > ROUNDING * (matrix[i]?.[i] ?? NaN))) return undefined;
      (lower[i] as number[])[j] = i === j ? Math.sqrt(rest) : rest / at(j, j);
    }
  }
  const forward: number[] = [];
  for (let i = 0; i < size; i++) {
    let rest = right[i] ?? NaN;
    for (let k = 0; k < i; k++) rest -= at(i, k) * (forward[k] ?? NaN);
    forward.push(rest / at(i, i));
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = forward[i] ?? NaN;
    for (let k = i + 1; k < size; k++) rest -= at(k, i) * (solution[k] ?? NaN);
    solution[i] = rest / at(i, i);
  }
  return solution;
}
