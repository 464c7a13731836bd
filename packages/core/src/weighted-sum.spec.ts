import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { DTYPES, elements, openArena, store, sumOf } from '../test/filled-arena.js';
import {
  bfloat16FromFloat32,
  createTensorArena,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
  type FeatureDtype,
} from './index.js';

const KINDS = DTYPES.flatMap((dtype) =>
  [true, false].map((useSimd) => ({ dtype, useSimd, kernel: useSimd ? 'SIMD' : 'plain' })),
);

const CODECS = {
  float32: { encode: (x: number) => x, decode: (x: number) => x },
  float16: { encode: float16FromFloat32, decode: float32FromFloat16 },
  bfloat16: { encode: bfloat16FromFloat32, decode: float32FromBfloat16 },
};

/** Raw float32 values, or 16-bit patterns: all of them, non-finite ones included. */
function rawValues(dtype: FeatureDtype, length: number): fc.Arbitrary<number[]> {
  const one = dtype === 'float32' ? fc.float() : fc.integer({ min: 0, max: 0xffff });
  return fc.array(one, { minLength: length, maxLength: length });
}

describe('weightedSum on SIMD and in plain JavaScript', () => {
  const CASES = DTYPES.flatMap((dtype) =>
    Array.from({ length: 9 }, (_, k) => ({ dtype, K: k + 1 })),
  );

  it.each(CASES)('agree bit for bit on any bits: $dtype, $K sources', ({ dtype, K }) => {
    const [simd, plain] = [openArena(true), openArena(false)];
    const features = fc.integer({ min: 0, max: 70 }).chain((length) =>
      fc.array(
        fc.record({
          values: rawValues(dtype, length),
          weight: fc.float({ noNaN: true, min: -8, max: 8 }),
        }),
        {
          minLength: K,
          maxLength: K,
        },
      ),
    );
    fc.assert(
      fc.property(features, (terms) => {
        expect(bitsOf(sumOf(simd, dtype, terms))).toEqual(bitsOf(sumOf(plain, dtype, terms)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(CASES)('agree bit for bit on features: $dtype, $K sources', ({ dtype, K }) => {
    // Gaussian-like numbers over many magnitudes, halves' subnormals included, at an odd length.
    const random = mulberry32(K);
    const terms = Array.from({ length: K }, () => ({
      values: Array.from({ length: 1037 }, () =>
        CODECS[dtype].encode(Math.fround((random() - 0.5) * 2 ** (16 * random() - 14))),
      ),
      weight: 4 * random() - 2,
    }));
    expect(bitsOf(sumOf(openArena(true), dtype, terms))).toEqual(
      bitsOf(sumOf(openArena(false), dtype, terms)),
    );
  });

  it.each(['float16', 'bfloat16'] as const)('agree when weights overflow a %s', (dtype) => {
    const values = Array.from({ length: 40 }, (_, i) => CODECS[dtype].encode(i - 20));
    const terms = [
      { values, weight: 70000 },
      { values, weight: -3e38 },
    ];
    expect(bitsOf(sumOf(openArena(true), dtype, terms))).toEqual(
      bitsOf(sumOf(openArena(false), dtype, terms)),
    );
  });
});

describe.each(KINDS)('weightedSum of $dtype ($kernel)', ({ dtype, useSimd }) => {
  const { encode, decode } = CODECS[dtype];
  const arena = openArena(useSimd);

  it('rounds the float32 sum once, to nearest', () => {
    const random = mulberry32(7);
    const [a, b] = [0, 1].map(() =>
      Array.from({ length: 333 }, () => encode(Math.fround(random() * 4 - 2))),
    );
    const result = sumOf(arena, dtype, [
      { values: a ?? [], weight: 1.75 },
      { values: b ?? [], weight: -0.75 },
    ]);
    result.forEach((got, i) => {
      const exact = 1.75 * decode(a?.[i] ?? NaN) - 0.75 * decode(b?.[i] ?? NaN);
      const nearest = decode(encode(Math.fround(exact)));
      expect(Math.abs(decode(got) - exact)).toBeLessThanOrEqual(
        Math.abs(nearest - exact) + 2 ** -22,
      );
    });
  });

  it.each([0, 1, 15, 16, 17, 31, 100])('does %i elements and no more', (length) => {
    const values = Array.from({ length }, (_, i) => encode(i));
    const source = store(arena, dtype, values);
    const target = store(
      arena,
      dtype,
      Array.from({ length: length + 16 }, () => encode(-5)),
    );
    // 2 F - F = F, through the kernel.
    arena.weightedSum({
      dtype,
      sources: [source, source],
      weights: [2, -1],
      target,
      elementCount: length,
    });
    const untouched = Array.from({ length: 16 }, () => encode(-5));
    expect([...elements(arena, target, dtype)]).toEqual([...values, ...untouched]);
    [source, target].forEach((slot) => arena.free(slot));
  });

  it('computes a feature tile by tile, each tile at the start of the target', () => {
    const values = Array.from({ length: 1000 }, (_, i) => encode(i % 128));
    const source = store(arena, dtype, values);
    const tile = store(arena, dtype, new Array<number>(300).fill(0));
    const sum = { dtype, sources: [source, source], weights: [3, -2], target: tile };
    const result: number[] = [];
    for (let first = 0; first < 1000; first += 300) {
      const elementCount = Math.min(300, 1000 - first);
      arena.weightedSum({ ...sum, elementOffset: first, elementCount });
      result.push(...elements(arena, tile, dtype).subarray(0, elementCount));
    }
    expect(result).toEqual(values);
    [source, tile].forEach((slot) => arena.free(slot));
  });

  it('may write over one of its sources', () => {
    const source = store(arena, dtype, [1, 2, 3].map(encode));
    arena.weightedSum({ dtype, sources: [source, source], weights: [3, -1], target: source });
    expect([...elements(arena, source, dtype)].map(decode)).toEqual([2, 4, 6]);
    arena.free(source);
  });

  it('propagates NaN and infinities, and keeps -0', () => {
    const values = [Infinity, -Infinity, NaN, -0, 0, 1].map(encode);
    const half = sumOf(arena, dtype, [
      { values, weight: 0.5 },
      { values, weight: 0.5 },
    ]);
    expect([...half].map(decode)).toEqual([Infinity, -Infinity, NaN, -0, 0, 1]);
    const cancelled = sumOf(arena, dtype, [
      { values, weight: 2 },
      { values, weight: -1 },
    ]);
    expect([...cancelled].map(decode)).toEqual([NaN, NaN, NaN, 0, 0, 1]);
  });

  it('copies bit for bit at weights [1], NaN payloads included', () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) & 0xff);
    const [source, target] = [arena.allocate(4096), arena.allocate(4096)];
    arena.bytes(source).set(bytes);
    arena.weightedSum({ dtype, sources: [source], weights: [1], target });
    expect(arena.bytes(target)).toEqual(bytes);
    [source, target].forEach((slot) => arena.free(slot));
  });
});

describe.each(KINDS.filter(({ dtype }) => dtype !== 'float32'))(
  'every $dtype ($kernel)',
  ({ dtype, useSimd }) => {
    const arena = openArena(useSimd);
    const every = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const { decode } = CODECS[dtype];

    it('survives weight [1]', () => {
      expect(sumOf(arena, dtype, [{ values: every, weight: 1 }])).toEqual(every);
    });

    it('survives 0.5 F + 0.5 F; a NaN stays a NaN', () => {
      const result = sumOf(arena, dtype, [
        { values: every, weight: 0.5 },
        { values: every, weight: 0.5 },
      ]);
      const wanted = every.map((bits) => (Number.isNaN(decode(bits)) ? nanOf(dtype) : bits));
      expect(result).toEqual(wanted);
    });

    it('half-way to its neighbour rounds to the even one of the two', () => {
      const neighbours = every.map((bits) => bits + 1);
      const result = sumOf(arena, dtype, [
        { values: every, weight: 0.5 },
        { values: neighbours, weight: 0.5 },
      ]);
      const wrong = every.filter((bits) => {
        const isBetweenNumbers = Number.isFinite(decode(bits)) && Number.isFinite(decode(bits + 1));
        // 0x7fff + 1 and 0xffff + 1 are other signs, not neighbours, and neither is between numbers.
        return isBetweenNumbers && result[bits] !== bits + (bits % 2);
      });
      expect([...wrong]).toEqual([]);
    });
  },
);

describe.each([true, false])('float16 overflow, SIMD %s', (useSimd) => {
  it.each([
    [16, Infinity],
    [15.9921875, 65504],
    [-32, 65472],
  ])('65504 + %p is %p', (addend, sum) => {
    const [largest, more] = [65504, addend].map((value) =>
      new Array<number>(24).fill(float16FromFloat32(value)),
    );
    const result = sumOf(openArena(useSimd), 'float16', [
      { values: largest ?? [], weight: 1 },
      { values: more ?? [], weight: 1 },
    ]);
    expect(new Set([...result].map(float32FromFloat16))).toEqual(new Set([sum]));
  });
});

describe('weightedSum refuses', () => {
  const arena = createTensorArena({ limitBytes: 4096 });
  const a = arena.allocate(16);
  const longer = arena.allocate(32);
  const good = { dtype: 'float32', sources: [a, a], weights: [1, 2], target: longer } as const;

  it.each([
    ['no source', { sources: [], weights: [] }, 'sources must be 1 to 9 slots, got 0'],
    [
      'ten sources',
      { sources: new Array(10).fill(a), weights: new Array(10).fill(1) },
      'sources must be 1 to 9 slots, got 10',
    ],
    ['a weight too few', { weights: [1] }, 'weights must be one per source (2), got 1'],
    ['a NaN weight', { weights: [NaN, 1] }, 'weights must be finite in float32, got [NaN, 1]'],
    [
      'a weight beyond float32',
      { weights: [1e39, 1] },
      'weights must be finite in float32, got [1e+39, 1]',
    ],
    [
      'a target too short',
      { sources: [longer], weights: [1], target: a },
      'elementCount must be within the target (4 elements), got 8',
    ],
    [
      'sources of unequal length',
      { sources: [longer, a] },
      'elementOffset + elementCount must be within the sources (4 elements), got 8',
    ],
    ['an offset of -1', { elementOffset: -1 }, 'elementOffset must be an integer >= 0, got -1'],
    [
      'an offset past the end',
      { elementOffset: 5 },
      'elementCount must be an integer >= 0, got -1',
    ],
    ['a count of 0.5', { elementCount: 0.5 }, 'elementCount must be an integer >= 0, got 0.5'],
  ])('%s', (_title, change, message) => {
    expect(() => arena.weightedSum({ ...good, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it('a slot that was freed', () => {
    const freed = arena.allocate(16);
    arena.free(freed);
    expect(() => arena.weightedSum({ ...good, target: freed })).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: `slot at offset ${freed.offset} is not allocated`,
      }),
    );
  });
});

describe('the committed WebAssembly module', () => {
  it('is what scripts/generate-kernels.mjs writes', () => {
    const script = join(__dirname, '../scripts/generate-kernels.mjs');
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });
});

function nanOf(dtype: FeatureDtype): number {
  return dtype === 'float16' ? 0x7e00 : 0x7fc0;
}

/** Bit patterns, every float32 NaN written the same: payloads are not part of the promise. */
function bitsOf(raw: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): number[] {
  if (raw instanceof Uint16Array) return [...raw];
  const bits = new Uint32Array(raw.buffer, raw.byteOffset, raw.length);
  return [...bits].map((word, i) => (Number.isNaN(raw[i]) ? 0x7fc00000 : word));
}

/** A small seeded generator, uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
