import { gramOf, seededNumbers } from '../test/exponentials.js';
import { differenceGram, principalComponents } from './principal-components.js';
import type { TrajectoryGram } from './trajectory-gram.js';

/** Sums of products of numbers of size 1, in float64. */
const DIGITS = 12;

type Features = readonly (readonly number[])[];

function gram(features: Features): TrajectoryGram {
  return { products: gramOf(features) };
}

/** Four points on a circle of radius 2 around (5, 7, 1), in the order they are met. */
const CIRCLE: Features = [
  [7, 7, 1],
  [5, 9, 1],
  [3, 7, 1],
  [5, 5, 1],
];

/** 0, 1, 2, 3, 4 steps of (3, 4) from (10, 20): a line of speed 5. */
const LINE: Features = [0, 1, 2, 3, 4].map((s) => [10 + 3 * s, 20 + 4 * s]);

function expectClose(actual: Features, wanted: Features): void {
  expect(actual.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  actual.forEach((row, i) => {
    row.forEach((value, j) => expect(value).toBeCloseTo(wanted[i]?.[j] ?? NaN, DIGITS));
  });
}

function distance(left: readonly number[] = [], right: readonly number[] = []): number {
  return Math.hypot(...left.map((x, i) => x - (right[i] ?? NaN)));
}

describe('principalComponents', () => {
  it('sees a line along one component, from its middle', () => {
    // 5 a step, the mean at step 2; of the two ends, as large as each other, the earlier is positive.
    const { coordinates, shares } = principalComponents(gram(LINE), 2);
    expectClose(coordinates, [
      [10, 0],
      [5, 0],
      [0, 0],
      [-5, 0],
      [-10, 0],
    ]);
    expectClose([shares], [[1, 0]]);
  });

  it('sees a circle along two components, half of the variance each', () => {
    const { coordinates, shares } = principalComponents(gram(CIRCLE), 3);
    expectClose([shares], [[0.5, 0.5, 0]]);
    coordinates.forEach(([x = NaN, y = NaN, z = NaN]) => {
      expect(Math.hypot(x, y)).toBeCloseTo(2, DIGITS);
      expect(z).toBeCloseTo(0, DIGITS);
    });
    // Neighbours a quarter of a turn apart, 2 √2; the opposite ones 4.
    expect(distance(coordinates[0], coordinates[1])).toBeCloseTo(2 * Math.SQRT2, DIGITS);
    expect(distance(coordinates[0], coordinates[2])).toBeCloseTo(4, DIGITS);
  });

  it('gives the shares of an ellipse, largest first', () => {
    // Axes 1 and 3: variances 1 : 9.
    const ellipse = CIRCLE.map(([x = NaN, y = NaN]) => [(x - 5) / 2, (3 * (y - 7)) / 2]);
    expectClose([principalComponents(gram(ellipse), 2).shares], [[0.9, 0.1]]);
    expectClose([principalComponents(gram(ellipse), 1).shares], [[0.9]]);
  });

  it('keeps every distance where all components are asked for', () => {
    const next = seededNumbers(1);
    const features = Array.from({ length: 7 }, () => Array.from({ length: 30 }, next));
    const { coordinates } = principalComponents(gram(features), 7);
    features.forEach((left, i) => {
      features.forEach((right, j) => {
        const wanted = distance(left, right);
        // Distances are roots of what rounding leaves.
        expect(distance(coordinates[i], coordinates[j])).toBeCloseTo(wanted, DIGITS / 2);
      });
    });
  });

  it('turns the largest coordinate of every component to the positive side', () => {
    const next = seededNumbers(2);
    const features = Array.from({ length: 6 }, () => Array.from({ length: 9 }, next));
    const { coordinates } = principalComponents(gram(features), 4);
    for (const k of [0, 1, 2, 3]) {
      const axis = coordinates.map((row) => row[k] ?? NaN);
      expect(Math.max(...axis)).toBe(Math.max(...axis.map(Math.abs)));
    }
  });

  it('has no share to give where nothing moves', () => {
    const still = [1, 2, 3].map(() => [4, 4]);
    const { coordinates, shares } = principalComponents(gram(still), 2);
    expect(shares).toEqual([0, 0]);
    expect(coordinates.flat().every((x) => x === 0)).toBe(true);
    expect(principalComponents(gram([[3]]), 1)).toEqual({ coordinates: [[0]], shares: [0] });
  });

  it.each([
    [0, 'count must be an integer in 1..5, got 0'],
    [6, 'count must be an integer in 1..5, got 6'],
    [1.5, 'count must be an integer in 1..5, got 1.5'],
    [NaN, 'count must be an integer in 1..5, got NaN'],
  ])('refuses %d components of five calls', (count, message) => {
    expect(() => principalComponents(gram(LINE), count)).toThrow(message);
  });

  it('refuses a Gram matrix that is none', () => {
    const odd = [
      [1, 0],
      [NaN, 1],
    ];
    expect(() => principalComponents({ products: odd }, 1)).toThrow(
      'products[1][0] must be a finite number, got NaN',
    );
    expect(() => principalComponents({ products: [[1, Infinity], [0]] }, 1)).toThrow(
      'products[0][1] must be a finite number, got Infinity',
    );
    expect(() => principalComponents({ products: [[1, 0], [0]] }, 1)).toThrow(
      'products[1].length must be one a call (2), got 1',
    );
    expect(() => principalComponents({ products: [] }, 1)).toThrow(
      'count must be an integer in 1..0, got 1',
    );
  });
});

describe('differenceGram', () => {
  it('of order 0 is the Gram matrix', () => {
    expect(differenceGram(gram(LINE), 0)).toEqual(gram(LINE));
  });

  it('of a line is the same step everywhere, and nothing at order 2', () => {
    // ⟨(3, 4), (3, 4)⟩ = 25.
    const steps = [1, 2, 3, 4].map(() => [25, 25, 25, 25]);
    expect(differenceGram(gram(LINE), 1).products).toEqual(steps);
    expect(differenceGram(gram(LINE), 2).products.flat()).toEqual(new Array(9).fill(0));
  });

  it('of squares is 2 everywhere at order 2', () => {
    // 0, 1, 4, 9: differences 1, 3, 5, then 2, 2.
    const squares = gram([[0], [1], [4], [9]]);
    expect(differenceGram(squares, 1)).toEqual(gram([[1], [3], [5]]));
    expect(differenceGram(squares, 2)).toEqual(gram([[2], [2]]));
    expect(differenceGram(squares, 3)).toEqual(gram([[0]]));
  });

  it('of a circle is another circle, a quarter of a turn ahead of its chords', () => {
    // Chords (-2, 2), (-2, -2), (2, -2): length √8, each at a right angle to the one before.
    expect(differenceGram(gram(CIRCLE), 1).products).toEqual([
      [8, 0, -8],
      [0, 8, 0],
      [-8, 0, 8],
    ]);
  });

  it.each([
    [-1, 'order must be an integer in 0..4, got -1'],
    [5, 'order must be an integer in 0..4, got 5'],
    [0.5, 'order must be an integer in 0..4, got 0.5'],
  ])('refuses order %d of five calls', (order, message) => {
    expect(() => differenceGram(gram(LINE), order)).toThrow(message);
  });

  it('refuses what is not finite', () => {
    expect(() => differenceGram({ products: [[NaN]] }, 0)).toThrow(
      'products[0][0] must be a finite number, got NaN',
    );
  });
});
