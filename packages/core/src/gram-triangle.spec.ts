import { gramFromTriangle, gramTriangle } from './gram-triangle.js';

describe('the triangle of a Gram matrix', () => {
  it('has the upper rows one after the other, and gives the whole back', () => {
    const products = [
      [1, 2, 3],
      [2, 4, 5],
      [3, 5, 6],
    ];
    expect(gramTriangle({ products })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(gramFromTriangle('gram', [1, 2, 3, 4, 5, 6], 3)).toEqual({ products });
  });

  it('is empty for no features', () => {
    expect(gramFromTriangle('gram', [], 0)).toEqual({ products: [] });
  });

  it.each([
    [[1, 2], 'gram.length must be n (n + 1) / 2 with n = 2 features (3), got 2'],
    [[1, NaN, 2], 'gram[1] must be finite, got NaN'],
  ])('refuses %o', (triangle, message) => {
    expect(() => gramFromTriangle('gram', triangle, 2)).toThrow(message);
  });
});
