import {
  featureMotion,
  meanAbsolute,
  meanAbsoluteDifference,
  relativeChange,
} from './feature-distance.js';

describe('means', () => {
  it('meanAbsolute is the mean of the magnitudes', () => {
    expect(meanAbsolute(Float32Array.of(1, -2, 3, -0))).toBe(1.5);
  });

  it('meanAbsoluteDifference is the mean distance', () => {
    expect(meanAbsoluteDifference(Float32Array.of(1, -2), Float32Array.of(3, 2))).toBe(3);
  });

  it('both add in float64', () => {
    // In float32, 2^24 + 1 is 2^24: the one would vanish.
    const values = Float32Array.of(2 ** 24, 1);
    expect(meanAbsolute(values)).toBe((2 ** 24 + 1) / 2);
    expect(meanAbsoluteDifference(values, new Float32Array(2))).toBe((2 ** 24 + 1) / 2);
  });

  it('nothing has no size', () => {
    expect(meanAbsolute(new Float32Array())).toBe(0);
    expect(meanAbsoluteDifference(new Float32Array(), new Float32Array())).toBe(0);
  });
});

describe('relativeChange', () => {
  it('is relative to the second', () => {
    expect(relativeChange(Float32Array.of(3, 0), Float32Array.of(2, -2))).toBe(0.75);
  });

  it('is NaN where the second is all zeros', () => {
    expect(relativeChange(Float32Array.of(1), Float32Array.of(-0))).toBeNaN();
    expect(relativeChange(new Float32Array(), new Float32Array())).toBeNaN();
  });
});

describe('featureMotion', () => {
  it('compares every frame with the one before it', () => {
    // Frames (1, 2), (3, 2), (3, 6): differences 2 + 0 + 0 + 4, sizes (3 + 2 + 1 + 2) + (3 + 6 + 3 + 2).
    const feature = Float32Array.of(1, 2, 3, 2, 3, 6);
    expect(featureMotion(feature, { sampleLength: 6, frameLength: 2 })).toBe(6 / 22);
  });

  it('does not compare one sample with another', () => {
    const still = Float32Array.of(1, 1, 9, 9);
    expect(featureMotion(still, { sampleLength: 2, frameLength: 1 })).toBe(0);
  });

  it('is 1 where frames are opposite, and NaN where all are zeros', () => {
    const sizes = { sampleLength: 2, frameLength: 1 };
    expect(featureMotion(Float32Array.of(2, -2), sizes)).toBe(1);
    expect(featureMotion(Float32Array.of(0, -0), sizes)).toBeNaN();
  });
});
