import * as fc from 'fast-check';
import type { Image } from './image.js';
import { ssim } from './ssim.js';

function grey(width: number, height: number, value: (i: number) => number): Image {
  const pixels = Float32Array.from({ length: width * height }, (_, i) => value(i));
  return { width, height, channels: 1, pixels };
}

describe('ssim', () => {
  it('of identical images is 1', () => {
    const image = grey(28, 28, (i) => (i % 17) / 16);
    expect(ssim(image, image)).toBeCloseTo(1, 12);
  });

  it('of two constant images is the luminance term alone', () => {
    // variances are 0: (2·0.25·0.5 + 1e-4) / (0.0625 + 0.25 + 1e-4)
    const expected = (2 * 0.25 * 0.5 + 1e-4) / (0.0625 + 0.25 + 1e-4);
    expect(
      ssim(
        grey(11, 11, () => 0.25),
        grey(11, 11, () => 0.5),
      ),
    ).toBeCloseTo(expected, 6);
  });

  it('agrees with scipy 1.17 (convolve2d, mode valid) to 12 digits', () => {
    const value = (i: number) => ((i * 37) % 101) / 100;
    const a = grey(20, 16, value);
    const b = grey(20, 16, (i) => Math.min(Math.max(value(i) + 0.1 * Math.sin(i), 0), 1));
    expect(ssim(a, b)).toBeCloseTo(0.9716599455441927, 12);
  });

  it('does not change when images and data range are scaled together', () => {
    const a = grey(14, 12, (i) => (i % 5) / 8);
    const b = grey(14, 12, (i) => (i % 7) / 8);
    const scaled = (image: Image) => ({ ...image, pixels: image.pixels.map((v) => v * 255) });
    expect(ssim(scaled(a), scaled(b), { dataRange: 255 })).toBeCloseTo(ssim(a, b), 5);
  });

  it('of an inverted checkerboard is near -1', () => {
    const even = grey(16, 16, (i) => ((i + Math.floor(i / 16)) % 2 === 0 ? 1 : 0));
    const odd = { ...even, pixels: even.pixels.map((v) => 1 - v) };
    expect(ssim(even, odd)).toBeLessThan(-0.95);
  });

  it('of colour images is the mean over channels', () => {
    const a = grey(11, 11, () => 0.25);
    const b = grey(11, 11, () => 0.5);
    const rgb = (r: Image, g: Image, blue: Image): Image => ({
      ...a,
      channels: 3,
      pixels: Float32Array.from(
        { length: 363 },
        (_, i) => [r, g, blue][i % 3]?.pixels[Math.floor(i / 3)] ?? 0,
      ),
    });
    expect(ssim(rgb(a, a, a), rgb(a, a, b))).toBeCloseTo((2 + ssim(a, b)) / 3, 6);
  });

  it('is symmetric and at most 1', () => {
    const pixels = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
      minLength: 121,
      maxLength: 121,
    });
    fc.assert(
      fc.property(pixels, pixels, (p, q) => {
        const a = grey(11, 11, (i) => p[i] ?? 0);
        const b = grey(11, 11, (i) => q[i] ?? 0);
        expect(ssim(a, b)).toBeCloseTo(ssim(b, a), 12);
        expect(ssim(a, b)).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  it('is NaN when a pixel is NaN', () => {
    const image = grey(11, 11, () => 0.5);
    expect(
      ssim(
        image,
        grey(11, 11, (i) => (i === 60 ? NaN : 0.5)),
      ),
    ).toBeNaN();
  });

  it('rejects small, unequal and mislabelled images', () => {
    const image = grey(11, 11, () => 0);
    expect(() =>
      ssim(
        grey(10, 11, () => 0),
        grey(10, 11, () => 0),
      ),
    ).toThrow('a.width must be >= 11, got 10');
    expect(() =>
      ssim(
        image,
        grey(12, 11, () => 0),
      ),
    ).toThrow('b.width must be a.width = 11, got 12');
    expect(() => ssim({ ...image, width: 12 }, image)).toThrow(
      'a.pixels.length must be 12 x 11 x 1 = 132, got 121',
    );
    expect(() => ssim({ ...image, width: 2 ** 31 }, image)).toThrow(
      'a.width must be an integer from 1 to 65535, got 2147483648',
    );
    expect(() => ssim(image, image, { dataRange: -1 })).toThrow(
      'dataRange must be a number > 0, got -1',
    );
  });
});
