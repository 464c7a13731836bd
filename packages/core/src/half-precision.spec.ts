import {
  bfloat16FromFloat32,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
} from './half-precision.js';

const EVERY = Array.from({ length: 65536 }, (_, bits) => bits);

/** binary16 by its definition: sign, exponent field of 5 bits, mantissa of 10. */
function float16ByDefinition(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

describe('float16', () => {
  it('decodes all 65536 patterns by definition', () => {
    expect(EVERY.map(float32FromFloat16)).toEqual(EVERY.map(float16ByDefinition));
  });

  it('encodes all 63488 finite patterns and infinities back', () => {
    const numbers = EVERY.filter((bits) => !Number.isNaN(float32FromFloat16(bits)));
    expect(numbers.map((bits) => float16FromFloat32(float32FromFloat16(bits)))).toEqual(numbers);
  });

  it('rounds half-way numbers to the even neighbour, and others to the nearest', () => {
    const wrong = EVERY.slice(0, 0x7bff).filter((bits) => {
      const [low, high] = [float32FromFloat16(bits), float32FromFloat16(bits + 1)];
      const [middle, nudge] = [(low + high) / 2, (high - low) / 1024];
      return (
        float16FromFloat32(middle) !== bits + (bits % 2) ||
        float16FromFloat32(Math.fround(middle - nudge)) !== bits ||
        float16FromFloat32(-Math.fround(middle + nudge)) !== 0x8001 + bits
      );
    });
    expect(wrong).toEqual([]);
  });

  it('overflows to Infinity from 65520 on', () => {
    expect(float16FromFloat32(65519.99609375)).toBe(0x7bff);
    expect(float16FromFloat32(65520)).toBe(0x7c00);
    expect(float16FromFloat32(-3e38)).toBe(0xfc00);
    expect(float16FromFloat32(Infinity)).toBe(0x7c00);
  });

  it('keeps -0, underflows to it, and has one NaN', () => {
    expect(float16FromFloat32(-0)).toBe(0x8000);
    expect(float16FromFloat32(-1e-30)).toBe(0x8000);
    expect(float16FromFloat32(NaN)).toBe(0x7e00);
  });
});

describe('bfloat16', () => {
  it('encodes every pattern that is a number back', () => {
    const numbers = EVERY.filter((bits) => !Number.isNaN(float32FromBfloat16(bits)));
    expect(numbers).toHaveLength(65536 - 2 * 127);
    expect(numbers.map((bits) => bfloat16FromFloat32(float32FromBfloat16(bits)))).toEqual(numbers);
  });

  it('rounds to nearest, ties to even', () => {
    // 1 + 2^-8 lies half-way between 1 (0x3f80) and 1 + 2^-7 (0x3f81).
    expect(bfloat16FromFloat32(1 + 2 ** -8)).toBe(0x3f80);
    expect(bfloat16FromFloat32(1 + 2 ** -7 + 2 ** -8)).toBe(0x3f82);
    expect(bfloat16FromFloat32(1 + 2 ** -8 + 2 ** -20)).toBe(0x3f81);
  });

  it('overflows to Infinity, keeps -0, and has one NaN', () => {
    expect(bfloat16FromFloat32(Math.fround(3.4e38))).toBe(0x7f80);
    expect(bfloat16FromFloat32(-Infinity)).toBe(0xff80);
    expect(bfloat16FromFloat32(-0)).toBe(0x8000);
    expect(bfloat16FromFloat32(NaN)).toBe(0x7fc0);
  });
});
