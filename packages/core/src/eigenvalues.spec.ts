import fc from 'fast-check';
import { eigenvalues, type Eigenvalue } from './eigenvalues.js';

const DIGITS = 12;

describe('eigenvalues', () => {
  it('finds a conjugate pair, the positive one first', () => {
    const turn = [
      [0, -2],
      [2, 0],
    ];
    expect(eigenvalues(turn)).toEqual([
      { re: 0, im: 2 },
      { re: 0, im: -2 },
    ]);
  });

  it('reads a triangular matrix off its diagonal', () => {
    const matrix = [
      [1, 5, 7],
      [0, 2, -4],
      [0, 0, 3],
    ];
    const values = eigenvalues(matrix)?.map(({ re }) => re);
    expect(values?.sort()).toEqual([1, 2, 3]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('finds the %i roots of 1, where plain shifts stand still', (n) => {
    const cycle = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => ((i + 1) % n === j ? 1 : 0)),
    );
    const values = eigenvalues(cycle) ?? [];
    expect(values).toHaveLength(n);
    for (const { re, im } of values) {
      expect(Math.hypot(re, im)).toBeCloseTo(1, DIGITS);
      // (re + i im)^n = 1.
      expect(Math.cos(n * Math.atan2(im, re))).toBeCloseTo(1, DIGITS);
    }
  });

  it('has the trace and the squared trace of any matrix up to 8 x 8', () => {
    fc.assert(
      fc.property(matrices(), (matrix) => {
        const values = eigenvalues(matrix) ?? [];
        const size = Math.max(1, ...matrix.flat().map(Math.abs));
        expect(values).toHaveLength(matrix.length);
        const traceError = sumOf(values, ({ re }) => re) - traceOf(matrix);
        expect(Math.abs(traceError)).toBeLessThanOrEqual(1e-12 * size);
        const squares = sumOf(values, ({ re, im }) => re * re - im * im);
        expect(Math.abs(squares - traceOf(squareOf(matrix)))).toBeLessThanOrEqual(
          1e-12 * size ** 2,
        );
        expect(Math.abs(sumOf(values, ({ im }) => im))).toBe(0);
      }),
    );
  });

  it('keeps the squared trace where a shifted product is nearly singular', () => {
    const matrix = [
      [-1, -2, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [-2, 0.2492685317990888, 0, 0, 0],
      [1.2503277534978773e-8, 0, -2, -1, 2],
      [-2, 2, 3, 0, -3],
    ];
    // No two entries meet across the diagonal, so the square's trace is 1 + 1 + 9.
    const squares = sumOf(eigenvalues(matrix) ?? [], ({ re, im }) => re * re - im * im);
    expect(squares).toBeCloseTo(11, DIGITS);
  });

  it('splits a double eigenvalue by no more than the root of rounding', () => {
    const jordan = [
      [1, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ];
    // Mixed with a rotation, so that it is not already triangular.
    const [c, s] = [0.6, 0.8];
    const turn = [
      [c, -s, 0],
      [s, c, 0],
      [0, 0, 1],
    ];
    const back = turn.map((_, i) => turn.map((row) => row[i] ?? NaN));
    for (const { re, im } of eigenvalues(product(product(turn, jordan), back)) ?? []) {
      expect(Math.hypot(re - 1, im)).toBeLessThan(1e-4);
    }
  });

  it('gives up on NaN, and has none for an empty matrix', () => {
    const broken = [
      [NaN, 1, 0],
      [0, 1, 1],
      [1, 0, 1],
    ];
    expect(eigenvalues(broken)).toBeNull();
    expect(eigenvalues([])).toEqual([]);
    expect(eigenvalues([[-3]])).toEqual([{ re: -3, im: 0 }]);
  });
});

function matrices() {
  return fc.integer({ min: 1, max: 8 }).chain((n) => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    const row = fc.array(value, { minLength: n, maxLength: n });
    return fc.array(row, { minLength: n, maxLength: n });
  });
}

function product(a: readonly (readonly number[])[], b: readonly (readonly number[])[]) {
  return a.map((row) =>
    row.map((_, j) => row.reduce((sum, x, k) => sum + x * (b[k]?.[j] ?? NaN), 0)),
  );
}

function squareOf(matrix: readonly (readonly number[])[]) {
  return product(matrix, matrix);
}

function traceOf(matrix: readonly (readonly number[])[]): number {
  return matrix.reduce((sum, row, i) => sum + (row[i] ?? NaN), 0);
}

function sumOf(values: readonly Eigenvalue[], part: (value: Eigenvalue) => number): number {
  return values.reduce((sum, value) => sum + part(value), 0);
}
