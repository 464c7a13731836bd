import { relativeL1 } from './relative-l1.js';

describe('relativeL1', () => {
  it('is mean |a - b| over mean |b|', () => {
    // |1-2| + |-3+4| = 2; |2| + |-4| = 6.
    expect(relativeL1(Float32Array.of(1, -3), Float32Array.of(2, -4))).toBeCloseTo(1 / 3, 15);
  });

  it('is 0 for equal features, one element or many', () => {
    expect(relativeL1(Float32Array.of(-0.5), Float32Array.of(-0.5))).toBe(0);
  });

  it('adds in float64', () => {
    // In float32, 2^24 + 1 is 2^24: the ones would vanish.
    const b = Float32Array.of(2 ** 24, 1, 1);
    const a = Float32Array.of(2 ** 24, 0, 0);
    expect(relativeL1(a, b)).toBe(2 / (2 ** 24 + 2));
  });

  it('is NaN when an element is', () => {
    expect(relativeL1(Float32Array.of(NaN), Float32Array.of(1))).toBeNaN();
  });

  it.each([[[0, -0]], [[]]])('throws when b is %p, for no ratio exists', (b) => {
    expect(() => relativeL1(Float32Array.from(b), Float32Array.from(b))).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: 'relativeL1 is undefined: every element of b is 0',
      }),
    );
  });

  it('refuses features of unequal length', () => {
    expect(() => relativeL1(new Float32Array(3), new Float32Array(2))).toThrow(
      'a must be as long as b (2 elements), got 3',
    );
  });
});
