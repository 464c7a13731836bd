import { seededNumbers } from '../test/exponentials.js';
import { solveSymmetric } from './solve-symmetric.js';

describe('solveSymmetric', () => {
  it('solves a system that can be solved in the head', () => {
    // 4x + 2y = 10 and 2x + 3y = 11.
    const matrix = [
      [4, 2],
      [2, 3],
    ];
    const [x, y] = solveSymmetric(matrix, [10, 11]) ?? [];
    expect(x).toBeCloseTo(1, 14);
    expect(y).toBeCloseTo(3, 14);
  });

  it.each([1, 2, 5, 9])('meets every equation of a system of %i', (size) => {
    const next = seededNumbers(size);
    const columns = Array.from({ length: size }, () => Array.from({ length: 3 * size }, next));
    const matrix = columns.map((left) =>
      columns.map((right) => left.reduce((sum, x, k) => sum + x * (right[k] ?? NaN), 0)),
    );
    const wanted = Array.from({ length: size }, next);
    const right = matrix.map((row) => row.reduce((sum, x, k) => sum + x * (wanted[k] ?? NaN), 0));
    solveSymmetric(matrix, right)?.forEach((x, i) => expect(x).toBeCloseTo(wanted[i] ?? NaN, 8));
    expect(solveSymmetric(matrix, right)).toHaveLength(size);
  });

  it('has no solution for rows that depend on each other', () => {
    const matrix = [
      [1, 2],
      [2, 4],
    ];
    expect(solveSymmetric(matrix, [1, 2])).toBeUndefined();
    expect(solveSymmetric([[0]], [0])).toBeUndefined();
    expect(solveSymmetric([[NaN]], [1])).toBeUndefined();
  });

  it('solves nothing for nothing', () => {
    expect(solveSymmetric([], [])).toEqual([]);
  });
});
