import { invalidArgument } from './forecast-error.js';
import type { TrajectoryGram } from './trajectory-gram.js';

/** The upper triangle of a Gram matrix, row by row, diagonal included: as it is stored and sent. */
export function gramTriangle({ products }: TrajectoryGram): number[] {
  return products.flatMap((row, i) => row.slice(i));
}

/** The Gram matrix of `size` features from its triangle. `name` is what errors call the triangle. */
export function gramFromTriangle(
  name: string,
  triangle: readonly number[],
  size: number,
): TrajectoryGram {
  const count = (size * (size + 1)) / 2;
  if (triangle.length !== count) {
    const rule = `n (n + 1) / 2 with n = ${size} features (${count})`;
    throw invalidArgument(`${name}.length`, rule, triangle.length);
  }
  const products = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = triangle[at++] ?? NaN;
      if (!Number.isFinite(value)) throw invalidArgument(`${name}[${at - 1}]`, 'finite', value);
      (products[i] as number[])[j] = value;
      (products[j] as number[])[i] = value;
    }
  }
  return { products };
}
