import fc from 'fast-check';
import { gramOf } from '../test/exponentials.js';
import { symmetricEigen } from './symmetric-eigen.js';

describe('symmetricEigen', () => {
  it('sorts the largest first', () => {
    const { values, vectors } = symmetricEigen([
      [2, 1],
      [1, 2],
    ]);
    // 3 along (1, 1), 1 along (1, -1).
    expect(values.map((value) => value.toFixed(12))).toEqual(['3.000000000000', '1.000000000000']);
    const [x = NaN, y = NaN] = vectors[0] ?? [];
    expect(Math.abs(x)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(y).toBeCloseTo(x, 12);
  });

  it('satisfies A v = value v with orthonormal vectors', () => {
    fc.assert(
      fc.property(features(), (rows) => {
        const matrix = gramOf(rows);
        const { values, vectors } = symmetricEigen(matrix);
        const size = Math.max(...values);
        vectors.forEach((vector, k) => {
          matrix.forEach((row, i) => {
            const product = row.reduce((sum, x, j) => sum + x * (vector[j] ?? NaN), 0);
            const wanted = (values[k] ?? NaN) * (vector[i] ?? NaN);
            expect(Math.abs(product - wanted)).toBeLessThanOrEqual(1e-13 * size);
          });
        });
        gramOf(vectors).forEach((row, i) =>
          row.forEach((product, j) => expect(product).toBeCloseTo(i === j ? 1 : 0, 12)),
        );
      }),
    );
  });

  it('leaves its argument alone, and takes 1 x 1 and empty matrices', () => {
    const matrix = [
      [1, 2],
      [2, 1],
    ];
    symmetricEigen(matrix);
    expect(matrix).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(symmetricEigen([[5]])).toEqual({ values: [5], vectors: [[1]] });
    expect(symmetricEigen([])).toEqual({ values: [], vectors: [] });
  });
});

/** 1 to 9 vectors of three integers: their Gram matrix has rank 3 at most. */
function features() {
  const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
  return fc.array(vector, { minLength: 1, maxLength: 9 });
}
