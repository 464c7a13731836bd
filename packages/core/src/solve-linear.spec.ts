import { orthogonalRows, shortestSolution, solveShortest } from './solve-linear.js';

const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(12)) + 0);

describe('shortestSolution', () => {
  it('is the shortest of all that solve one equation', () => {
    // Nearest point to 0 on 3 x + 4 y = 50.
    expect(rounded(shortestSolution({ rows: [[3, 4]], values: [50] }))).toEqual([6, 8]);
  });

  it('is the only solution of a square system', () => {
    const rows = [
      [2, 1],
      [1, 3],
    ];
    expect(rounded(shortestSolution({ rows, values: [4, 7] }))).toEqual([1, 2]);
  });

  it('solves nearly parallel equations to the precision they have', () => {
    // x + y = 1 and x + (1 + d) y = 1 + d: x = 0, y = 1.
    const d = 1e-7;
    const rows = [
      [1, 1],
      [1, 1 + d],
    ];
    const [x, y] = shortestSolution({ rows, values: [1, 1 + d] });
    expect(x).toBeCloseTo(0, 7);
    expect(y).toBeCloseTo(1, 7);
  });

  it('keeps the earlier of two equations that say the same up to the tolerance', () => {
    const rows = [
      [1, 0],
      [1, 1e-12],
    ];
    expect(shortestSolution({ rows, values: [1, 2], tolerance: 1e-10 })).toEqual([1, 0]);
  });

  it('is not finite when equations depend on each other and none may be dropped', () => {
    const rows = [
      [1, 0],
      [1, 0],
    ];
    expect(shortestSolution({ rows, values: [1, 1] }).every(Number.isFinite)).toBe(false);
  });

  it('of no equations has no unknowns', () => {
    expect(shortestSolution({ rows: [], values: [] })).toEqual([]);
  });
});

describe('orthogonalRows', () => {
  it('once made, are solved for any right sides, and stay as they are', () => {
    const rows = [
      [3, 4, 0],
      [3, 4, 1e-12],
      [1, 0, 2],
    ];
    // The second says what the first says, so its right side does not count.
    const prepared = orthogonalRows({ rows, tolerance: 1e-10 });
    const before = JSON.stringify(prepared);
    expect(prepared.components).toHaveLength(2);
    expect(solveShortest(prepared, [50, 7, 6])).toEqual(solveShortest(prepared, [50, 8, 6]));
    for (const [first, last] of [
      [50, 6],
      [0, 0],
      [-1, 3],
    ] as const) {
      const [x = NaN, y = NaN, z = NaN] = solveShortest(prepared, [first, NaN, last]);
      expect(3 * x + 4 * y).toBeCloseTo(first, 12);
      expect(x + 2 * z).toBeCloseTo(last, 12);
    }
    expect(JSON.stringify(prepared)).toBe(before);
  });
});
