import type { TrajectoryGram } from '@forecache/core';
import { derivativeFacts, noiseCosine } from './derivative-facts.js';
import { median } from './median.js';

type Features = readonly (readonly number[])[];

function gramOf(features: Features): TrajectoryGram {
  return {
    products: features.map((left) =>
      features.map((right) => left.reduce((sum, x, i) => sum + x * (right[i] ?? NaN), 0)),
    ),
  };
}

/** Every call in a direction of its own: features without any relation. */
const UNRELATED: Features = Array.from({ length: 12 }, (_, i) =>
  Array.from({ length: 12 }, (_value, j) => (i === j ? 1 : 0)),
);

describe('derivativeFacts', () => {
  it('sees one direction and one component on a line', () => {
    const line = gramOf([0, 1, 2, 3, 4, 5].map((s) => [3 * s, 4 * s]));
    const { cosine, cosineFirst, cosineLast, components, shares } = derivativeFacts(line, 0);
    expect(shares[0]).toBeCloseTo(1, 12);
    expect(components).toBe(1);
    expect(derivativeFacts(line, 1).cosine).toBeCloseTo(1, 12);
    // Call 0 is nothing and has no direction.
    expect([cosine, cosineFirst, cosineLast].filter(Number.isNaN)).not.toHaveLength(0);
  });

  it('turns by a quarter on a square', () => {
    const square = gramOf([
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ]);
    const { cosine, size, shares, components } = derivativeFacts(square, 1);
    expect(cosine).toBeCloseTo(0, 12);
    // Sides of √2 between corners of norm 1.
    expect(size).toBeCloseTo(Math.SQRT2, 12);
    // Sides (-1, 1), (-1, -1), (1, -1): two of three in one direction, and their mean off by a third.
    expect(shares[0] + shares[1]).toBeCloseTo(1, 12);
    expect(components).toBe(2);
  });

  it.each([1, 2, 3, 4])('has the cosine of noise at order %d where nothing is related', (order) => {
    const facts = derivativeFacts(gramOf(UNRELATED), order);
    expect(facts.cosine).toBeCloseTo(noiseCosine(order), 12);
    expect(facts.cosineFirst).toBeCloseTo(noiseCosine(order), 12);
    expect(facts.cosineLast).toBeCloseTo(noiseCosine(order), 12);
  });

  it('tells the first fifth from the last', () => {
    // Ten steps: to and fro, then forward.
    const steps = [1, -1, 1, -1, 1, 1, 1, 1, 1, 1];
    const features = steps.reduce<number[][]>(
      (path, step) => [...path, [(path.at(-1)?.[0] ?? NaN) + step]],
      [[10]],
    );
    const facts = derivativeFacts(gramOf(features), 1);
    expect([facts.cosineFirst, facts.cosine, facts.cosineLast]).toEqual([-1, 1, 1]);
  });
});

describe('median', () => {
  it('is the middle, or between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });
});
