/** Eigenvalues, largest first, and their unit eigenvectors: vectors[k] belongs to values[k]. */
export interface SymmetricEigen {
  readonly values: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

/** Sweeps after which Jacobi stops; matrices of this package's sizes take about six. */
const MAX_SWEEPS = 50;

/**
 * The eigendecomposition of a small symmetric matrix, by cyclic Jacobi rotations: slow for large ones, but
 * short, and small eigenvalues of a scaled positive matrix keep their relative precision.
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): SymmetricEigen {
  const a = matrix.map((row) => [...row]);
  const vectors = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let q = 1; q < a.length; q++) {
      for (let p = 0; p < q; p++) rotated = rotate(a, vectors, [p, q]) || rotated;
    }
    if (!rotated) break;
  }
  const values = a.map((row, i) => row[i] ?? NaN);
  const order = values.map((_, i) => i).sort((i, j) => (values[j] ?? NaN) - (values[i] ?? NaN));
  return {
    values: order.map((i) => values[i] ?? NaN),
    vectors: order.map((i) => vectors[i] ?? []),
  };
}

/** Zeroes a[p][q] by a rotation of both; false when it already counts as zero. */
function rotate(a: number[][], vectors: number[][], [p, q]: readonly [number, number]): boolean {
  const [app, aqq, apq] = [a[p]?.[p] ?? NaN, a[q]?.[q] ?? NaN, a[p]?.[q] ?? NaN];
  if (!(Math.abs(apq) > Number.EPSILON * Math.sqrt(Math.abs(app * aqq)))) return false;
  const theta = (aqq - app) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const turn = (x: number, y: number): [number, number] => [cos * (x - t * y), cos * (t * x + y)];
  turnRows(a, [p, q], turn);
  turnRows(vectors, [p, q], turn);
  for (const row of a) [row[p], row[q]] = turn(row[p] ?? NaN, row[q] ?? NaN);
  return true;
}

function turnRows(
  rows: readonly number[][],
  [p, q]: readonly [number, number],
  turn: (x: number, y: number) => [number, number],
): void {
  const [first, second] = [rows[p] ?? [], rows[q] ?? []];
  first.forEach((x, j) => {
    [first[j], second[j]] = turn(x, second[j] ?? NaN);
  });
}
