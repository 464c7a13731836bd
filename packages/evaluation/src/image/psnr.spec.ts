import * as fc from 'fast-check';
import { meanSquaredError, psnr } from './psnr.js';

describe('psnr', () => {
  it('of a constant offset is 20 log10(peak / offset)', () => {
    // offset 0.1 at peak 1: 20 log10(10) = 20 dB
    expect(psnr([0, 0.5, 0.9], [0.1, 0.6, 1], { peak: 1 })).toBeCloseTo(20, 9);
    // offset 2 at peak 255: 20 log10(127.5)
    expect(psnr([10, 20], [12, 22], { peak: 255 })).toBeCloseTo(20 * Math.log10(127.5), 9);
  });

  it('of identical inputs is Infinity', () => {
    expect(psnr([1, -0, 3], [1, 0, 3], { peak: 1 })).toBe(Infinity);
  });

  it.each([NaN, Infinity, -Infinity])('is NaN when a value is %p', (bad) => {
    expect(psnr([0, bad], [0, 1], { peak: 1 })).toBeNaN();
  });

  it('is symmetric, and 6.02 dB higher when the peak doubles', () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(values, values, (a, b) => {
        fc.pre(meanSquaredError(a, b) > 0);
        expect(psnr(a, b, { peak: 1 })).toBe(psnr(b, a, { peak: 1 }));
        const gain = psnr(a, b, { peak: 2 }) - psnr(a, b, { peak: 1 });
        expect(gain).toBeCloseTo(20 * Math.log10(2), 6);
      }),
    );
  });

  it('rejects empty inputs, different lengths and a bad peak', () => {
    expect(() => psnr([], [], { peak: 1 })).toThrow('a.length must be >= 1, got 0');
    expect(() => psnr([1], [1, 2], { peak: 1 })).toThrow('b.length must be a.length = 1, got 2');
    expect(() => psnr([1], [1], { peak: 0 })).toThrow('peak must be a number > 0, got 0');
    expect(() => psnr([1], [1], { peak: NaN })).toThrow('peak must be a number > 0, got NaN');
  });
});
