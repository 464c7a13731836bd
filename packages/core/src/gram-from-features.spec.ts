import { seededNumbers } from '../test/exponentials.js';
import { gramFromFeatures } from './gram-from-features.js';

describe('gramFromFeatures', () => {
  it('is the matrix of inner products', () => {
    const features = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    expect(gramFromFeatures(features)).toEqual([
      [5, 11],
      [11, 25],
    ]);
  });

  it.each([0, 1, 511, 512, 513, 1537])('takes features of %i elements', (length) => {
    const next = seededNumbers(length);
    const features = Array.from({ length: 9 }, () => Float32Array.from({ length }, next));
    const gram = gramFromFeatures(features);
    features.forEach((left, i) =>
      features.forEach((right, j) => {
        const wanted = left.reduce((sum, x, k) => sum + x * (right[k] ?? NaN), 0);
        expect(gram[i]?.[j]).toBeCloseTo(wanted, 10);
        expect(gram[i]?.[j]).toBe(gram[j]?.[i]);
      }),
    );
  });

  it('adds in float64', () => {
    // In float32, 1 + 2^-30 is 1.
    const feature = Float32Array.of(1, 2 ** -15);
    expect(gramFromFeatures([feature])).toEqual([[1 + 2 ** -30]]);
  });

  it('passes NaN and infinity on', () => {
    const features = [Float32Array.of(NaN, 1), Float32Array.of(0, Infinity)];
    expect(gramFromFeatures(features)).toEqual([
      [NaN, NaN],
      [NaN, Infinity],
    ]);
  });

  it('of no features is empty', () => {
    expect(gramFromFeatures([])).toEqual([]);
  });

  it('refuses features of different lengths', () => {
    expect(() => gramFromFeatures([new Float32Array(3), new Float32Array(4)])).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: 'features[1].length must be as long as the first feature (3), got 4',
      }),
    );
  });
});
