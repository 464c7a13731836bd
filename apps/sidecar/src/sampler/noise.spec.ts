import * as fc from 'fast-check';
import { createNormalSource, createWordSource, fillNoise } from './noise.js';

function noise(seed: number, length: number): Float32Array {
  const values = new Float32Array(length);
  fillNoise(values, seed);
  return values;
}

describe('fillNoise', () => {
  it('is standard normal', () => {
    const values = noise(7, 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const fourth = values.reduce((sum, value) => sum + value ** 4, 0) / values.length;
    // standard errors at 100,000: 0.003, 0.0045 and 0.031
    expect(Math.abs(mean)).toBeLessThan(0.013);
    expect(Math.abs(square - 1)).toBeLessThan(0.018);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.13);
  });

  it('never leaves the real numbers, and repeats for its seed alone', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        const values = noise(seed, 33);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(noise(seed, 33)).toEqual(values);
      }),
    );
  });

  it('differs between neighbouring seeds and between seeds 2^32 apart', () => {
    for (const other of [1, 2 ** 32, 2 ** 32 + 1]) {
      const same = noise(0, 64).filter((value, i) => value === noise(other, 64)[i]);
      expect(same).toHaveLength(0);
    }
  });

  it('starts the same whatever the length', () => {
    expect(noise(3, 5)).toEqual(noise(3, 784).slice(0, 5));
  });

  it('keeps its values: images of a seed stay the same from version to version', () => {
    const first = Array.from(noise(1, 4), (value) => value.toFixed(6));
    expect(first).toEqual(GOLDEN);
  });
});

const GOLDEN = ['0.995980', '-0.830355', '-0.679807', '0.899899'];

describe('createWordSource', () => {
  it('gives 32 unsigned bits', () => {
    const next = createWordSource(0);
    const words = Array.from({ length: 1000 }, () => next());
    expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
    expect(Math.max(...words)).toBeGreaterThan(2 ** 31);
  });
});

describe('createNormalSource', () => {
  it('gives pairs on a circle: r² is exponential, never infinite', () => {
    const normal = createNormalSource(9);
    for (let i = 0; i < 1000; i++) {
      expect(Math.hypot(normal.next(), normal.next())).toBeLessThan(9);
    }
  });
});
