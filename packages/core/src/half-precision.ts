const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

const TWO_TO_112 = 2 ** 112;
const FLOAT16_NAN = 0x7e00;
const FLOAT16_INFINITY = 0x7c00;
/** Half-way between the largest float16, 65504, and the next power of two: from here on it is Infinity. */
const FLOAT16_OVERFLOW = 65520;
const BFLOAT16_NAN = 0x7fc0;

/** The number that 16 bits of IEEE 754 binary16 stand for. Exact, subnormals and non-finite included. */
export function float32FromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const magnitude = bits & 0x7fff;
  if (magnitude > FLOAT16_INFINITY) return NaN;
  if (magnitude === FLOAT16_INFINITY) return sign * Infinity;
  // The exponent field is 112 short of float32's; a multiplication also turns subnormals into normals.
  bits32[0] = magnitude << 13;
  return sign * (float32[0] as number) * TWO_TO_112;
}

/**
 * Rounds a float32 to binary16, nearest even. NaN becomes 0x7e00.
 *
 * Adding the power of two that is 2^13 times the leading bit pushes the bits that do not fit out of the
 * sum, rounded by the hardware; below 2^-14 the fixed power 0.5 does the same for subnormals.
 */
export function float16FromFloat32(value: number): number {
  if (value !== value) return FLOAT16_NAN;
  float32[0] = value;
  const bits = bits32[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(float32[0] as number);
  if (magnitude >= FLOAT16_OVERFLOW) return sign | FLOAT16_INFINITY;
  const magic = Math.max((bits & 0x7f800000) + 0x06800000, 0x3f000000);
  bits32[0] = magic;
  float32[0] = magnitude + (float32[0] as number);
  return sign | ((bits32[0] as number) - magic + (magic >>> 13) - (126 << 10));
}

/** The number that 16 bits of bfloat16 stand for: the upper half of a float32. */
export function float32FromBfloat16(bits: number): number {
  bits32[0] = bits << 16;
  return float32[0] as number;
}

/** Rounds a float32 to bfloat16, nearest even. NaN becomes 0x7fc0. */
export function bfloat16FromFloat32(value: number): number {
  if (value !== value) return BFLOAT16_NAN;
  float32[0] = value;
  const bits = bits32[0] as number;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}
