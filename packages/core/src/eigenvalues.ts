import { innerProduct, norm } from './inner-product.js';

/** An eigenvalue of a real matrix. */
export interface Eigenvalue {
  readonly re: number;
  /** 0 for a real one; conjugates are listed next to each other, the positive first. */
  readonly im: number;
}

/** Steps spent on one block before giving up; about five are usual, forty where eigenvalues are double. */
const MAX_STEPS = 200;

/** Every so many steps other shifts are tried, for matrices on which the usual ones stand still. */
const RESTART_STEPS = 10;

type Matrix = number[][];

/**
 * All eigenvalues of a small real matrix, or null when the iteration does not settle.
 *
 * Francis' double-shift QR on the Hessenberg form (Golub and Van Loan, Matrix Computations, 7.4 and 7.5),
 * its polynomial formed outright: an implicit step saves time that matrices up to 8 x 8 do not take. Only
 * reflections touch the matrix, so the eigenvalues are those of a matrix that differs by rounding. The
 * roots of the characteristic polynomial are not: where eigenvalues cluster, as those of slow features do
 * near 1, its coefficients have lost them.
 */
export function eigenvalues(matrix: readonly (readonly number[])[]): Eigenvalue[] | null {
  const negligible = 10 * Number.EPSILON * norm(matrix.flat());
  const found: Eigenvalue[] = [];
  const blocks = [{ a: hessenbergOf(matrix), steps: 0 }];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    const { a, steps } = block;
    const split = a.findIndex((row, i) => i > 0 && Math.abs(row[i - 1] ?? NaN) <= negligible);
    if (a.length <= 2) {
      found.push(...rootsOf(a));
    } else if (split > 0) {
      blocks.push({ a: a.slice(0, split).map((row) => row.slice(0, split)), steps: 0 });
      blocks.push({ a: a.slice(split).map((row) => row.slice(split)), steps: 0 });
    } else if (steps < MAX_STEPS) {
      blocks.push({ a: qrStep(a, steps), steps: steps + 1 });
    } else {
      return null;
    }
  }
  return found;
}

/** The matrix in other coordinates, 0 below its first subdiagonal. */
function hessenbergOf(matrix: readonly (readonly number[])[]): Matrix {
  const a = matrix.map((row) => [...row]);
  for (let column = 0; column < a.length - 2; column++) {
    const mirror = mirrorFor(a, column, column + 1);
    reflectRows(a, mirror);
    reflectColumns(a, mirror);
  }
  return withoutRounding(a);
}

/**
 * Q^T A Q, with Q R = (A - x I)(A - y I) for two shifts x and y. Where that product is nearly singular, Q is not what it
 * is in exact arithmetic, and what is left below the first subdiagonal is more than rounding: it is reflected away.
 */
function qrStep(matrix: Matrix, steps: number): Matrix {
  const a = matrix.map((row) => [...row]);
  const shifted = shiftedSquare(a, steps);
  for (let column = 0; column < a.length - 1; column++) {
    const mirror = mirrorFor(shifted, column, column);
    reflectRows(shifted, mirror);
    reflectRows(a, mirror);
    reflectColumns(a, mirror);
  }
  return hessenbergOf(a);
}

/** A^2 - (x + y) A + x y I: with the last corner's eigenvalues, or in a restart with other ones. */
function shiftedSquare(a: Matrix, steps: number): Matrix {
  const [p, q, r, s] = cornerOf(a);
  const isRestart = steps % RESTART_STEPS === RESTART_STEPS - 1;
  const size = norm(a.slice(-2).flat());
  const sum = isRestart ? 1.5 * size : p + s;
  const product = isRestart ? size * size : p * s - q * r;
  return a.map((row, i) =>
    row.map((value, j) => {
      const square = row.reduce((total, x, k) => total + x * (a[k]?.[j] ?? NaN), 0);
      return square - sum * value + (i === j ? product : 0);
    }),
  );
}

/** The mirror that turns a column, from a row on, into its first axis; 0 when there is nothing to turn. */
function mirrorFor(matrix: Matrix, column: number, firstRow: number): number[] {
  const mirror = matrix.map((row, i) => (i < firstRow ? 0 : (row[column] ?? NaN)));
  const length = norm(mirror);
  // A mirror this short would lose its direction when it is squared.
  if (length <= Number.EPSILON ** 2 * norm(matrix.flat())) return mirror.fill(0);
  const first = mirror[firstRow] ?? NaN;
  mirror[firstRow] = first + (first < 0 ? -length : length);
  const unit = norm(mirror);
  return mirror.map((x) => x / unit);
}

function withoutRounding(a: Matrix): Matrix {
  return a.map((row, i) => row.map((value, j) => (i > j + 1 ? 0 : value)));
}

function reflectRows(matrix: Matrix, mirror: readonly number[]): void {
  matrix.forEach((_, column) => {
    const along = matrix.reduce(
      (sum, row, i) => sum + (mirror[i] ?? NaN) * (row[column] ?? NaN),
      0,
    );
    matrix.forEach((row, i) => {
      row[column] = (row[column] ?? NaN) - 2 * along * (mirror[i] ?? NaN);
    });
  });
}

function reflectColumns(matrix: Matrix, mirror: readonly number[]): void {
  for (const row of matrix) {
    const along = innerProduct(row, mirror);
    mirror.forEach((x, j) => {
      row[j] = (row[j] ?? NaN) - 2 * along * x;
    });
  }
}

/** The last two rows' and columns' [[a, b], [c, d]]. */
function cornerOf(a: Matrix): readonly [number, number, number, number] {
  const [upper, lower] = [a.at(-2) ?? [], a.at(-1) ?? []];
  return [upper.at(-2) ?? NaN, upper.at(-1) ?? NaN, lower.at(-2) ?? NaN, lower.at(-1) ?? NaN];
}

/** Eigenvalues of a matrix of at most 2 x 2, without the cancellation of t^2 - 4 d. */
function rootsOf(matrix: Matrix): Eigenvalue[] {
  if (matrix.length < 2) return matrix.flat().map((re) => ({ re, im: 0 }));
  const [a, b, c, d] = cornerOf(matrix);
  const half = (a - d) / 2;
  const discriminant = half * half + b * c;
  if (discriminant < 0) {
    const [re, im] = [d + half, Math.sqrt(-discriminant)];
    return [
      { re, im },
      { re, im: -im },
    ];
  }
  const shift = half + (half < 0 ? -1 : 1) * Math.sqrt(discriminant);
  return [
    { re: d + shift, im: 0 },
    { re: shift === 0 ? d : d - (b * c) / shift, im: 0 },
  ];
}
