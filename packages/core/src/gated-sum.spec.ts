import fc from 'fast-check';
import { createGatedSum, type GatedSum, type Gates, type HiddenSizes } from './index.js';

/** What is added to a state. */
interface Term {
  readonly sizes: HiddenSizes;
  readonly hidden: Float32Array;
  readonly branch: Float32Array;
  readonly gates: Gates;
}

/** Infinities, NaN, both zeros, subnormals and the borders of the range come often enough to meet each other. */
const VALUE = fc.oneof(
  { weight: 5, arbitrary: fc.float() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 2 ** -149, -(2 ** -140), 2 ** -126),
  },
);

const SIZES = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  tokens: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 37 }),
});

const TERM: fc.Arbitrary<Term> = fc
  .tuple(SIZES, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 40 }))
  .chain(([sizes, first, stride]) => {
    const { batch, tokens, width } = sizes;
    return fc.record({
      sizes: fc.constant(sizes),
      hidden: values(batch * tokens * width),
      branch: values(batch * tokens * width),
      gates: fc.record({
        rows: values(first + (batch - 1) * stride + width),
        first: fc.constant(first),
        stride: fc.constant(stride),
      }),
    });
  });

function values(length: number): fc.Arbitrary<Float32Array> {
  return fc.array(VALUE, { minLength: length, maxLength: length }).map((list) => {
    return Float32Array.from(list);
  });
}

function filled(useSimd: boolean, { sizes, hidden }: Term): GatedSum {
  const sum = createGatedSum({ ...sizes, useSimd });
  sum.hidden.set(hidden);
  return sum;
}

/** Bit patterns, every NaN written the same: payloads are not part of the promise. */
function bitsOf(numbers: Float32Array): number[] {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  return [...bits].map((word, i) => (Number.isNaN(numbers[i]) ? 0x7fc00000 : word));
}

describe('gated sums on SIMD and in plain JavaScript', () => {
  it('agree bit for bit on any bits, any width and any place of the gates', () => {
    fc.assert(
      fc.property(TERM, (term) => {
        const [simd, plain] = [filled(true, term), filled(false, term)];
        [simd, plain].forEach((sum) => sum.add(term.branch, term.gates));
        expect(bitsOf(simd.hidden)).toEqual(bitsOf(plain.hidden));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    // 65536 bytes are 5 rows of 3000 floats: tiles of 5, 5 and 1 tokens.
    { batch: 2, tokens: 11, width: 3000 },
    // A row longer than a tile.
    { batch: 2, tokens: 2, width: 20_001 },
  ])('agree bit for bit across tiles: $batch x $tokens x $width', (sizes) => {
    const elements = sizes.batch * sizes.tokens * sizes.width;
    const wave = (speed: number, length = elements) =>
      Float32Array.from({ length }, (_, i) => Math.sin(i * speed) * 3);
    const gates = { rows: wave(0.7, 2 * sizes.width), first: 0, stride: sizes.width };
    const term = { sizes, hidden: wave(0.3), branch: wave(0.1), gates };
    const [simd, plain] = [filled(true, term), filled(false, term)];
    [simd, plain].forEach((sum) => sum.add(term.branch, term.gates));
    expect(Buffer.from(simd.hidden.slice().buffer).equals(Buffer.from(plain.hidden.buffer))).toBe(
      true,
    );
    expect(simd.hidden[1]).not.toBe(term.hidden[1]);
  });
});

describe.each([true, false])('a gated sum, useSimd %s', (useSimd) => {
  it('adds to every token of a sample by the gates of this sample', () => {
    const sum = createGatedSum({ batch: 2, tokens: 2, width: 2, useSimd });
    const rows = Float32Array.of(9, 1, 2, 9, 10, 20);
    sum.add(Float32Array.of(1, 1, 2, 2, 3, 3, 4, 4), { rows, first: 1, stride: 3 });
    expect([...sum.hidden]).toEqual([1, 2, 2, 4, 30, 60, 40, 80]);
  });

  it('shares the gates of one row at stride 0', () => {
    const sum = createGatedSum({ batch: 2, tokens: 1, width: 1, useSimd });
    sum.add(Float32Array.of(2, 3), { rows: Float32Array.of(5), first: 0, stride: 0 });
    expect([...sum.hidden]).toEqual([10, 15]);
  });

  it('rounds product and sum to float32, one after the other', () => {
    const third = Math.fround(1 / 3);
    const sum = createGatedSum({ batch: 1, tokens: 1, width: 2, useSimd });
    sum.hidden.set([0.1, 1e-8]);
    const rows = new Float32Array(2).fill(third);
    sum.add(Float32Array.of(0.7, 3e7), { rows, first: 0, stride: 0 });
    expect([...sum.hidden]).toEqual([
      Math.fround(Math.fround(0.1) + Math.fround(third * Math.fround(0.7))),
      Math.fround(Math.fround(1e-8) + Math.fround(third * 3e7)),
    ]);
  });

  it('keeps the same array, whatever other sums there are', () => {
    const sizes = { batch: 1, tokens: 4, width: 4096, useSimd };
    const sum = createGatedSum(sizes);
    const { hidden } = sum;
    const others = [1, 2, 3].map(() => createGatedSum({ ...sizes, tokens: 512 }));
    const term = { rows: new Float32Array(4096).fill(1), first: 0, stride: 0 };
    sum.add(new Float32Array(hidden.length).fill(2), term);
    others.forEach((other) => other.add(new Float32Array(other.hidden.length).fill(3), term));
    expect(sum.hidden).toBe(hidden);
    expect([hidden.length, hidden[0], hidden.at(-1)]).toEqual([16_384, 2, 2]);
  });

  it('leaves branch and gates alone', () => {
    const sum = createGatedSum({ batch: 1, tokens: 1, width: 17, useSimd });
    const branch = new Float32Array(17).fill(2);
    const gates = { rows: new Float32Array(17).fill(3), first: 0, stride: 0 };
    sum.add(branch, gates);
    expect([new Set(branch), new Set(gates.rows), new Set(sum.hidden)]).toEqual([
      new Set([2]),
      new Set([3]),
      new Set([6]),
    ]);
  });

  it('tells whether it runs on SIMD', () => {
    expect(createGatedSum({ batch: 1, tokens: 1, width: 1, useSimd }).usesSimd).toBe(useSimd);
  });

  it.each<[Partial<HiddenSizes>, string]>([
    [{ batch: 0 }, 'batch must be an integer >= 1, got 0'],
    [{ tokens: 1.5 }, 'tokens must be an integer >= 1, got 1.5'],
    [{ width: NaN }, 'width must be an integer >= 1, got NaN'],
  ])('refuses %p', (change, message) => {
    const sizes = { batch: 1, tokens: 1, width: 1, ...change };
    expect(() => createGatedSum({ ...sizes, useSimd })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it('refuses a state beyond the address space, before it takes memory', () => {
    // 64 tokens' gates and tile: 4 * 2^20 bytes each; the state 4 * 2^32.
    expect(() => createGatedSum({ batch: 4, tokens: 1024, width: 2 ** 20, useSimd })).toThrow(
      expect.objectContaining({
        code: 'resource-exhausted',
        message:
          'a hidden state of [4, 1024, 1048576] needs 17188257792 bytes, limit 4294901760 bytes',
      }),
    );
  });

  it.each<[string, Partial<Gates> & { readonly branch?: Float32Array }, string]>([
    [
      'a branch of another size',
      { branch: new Float32Array(7) },
      'branch.length must be batch * tokens * width (8), got 7',
    ],
    ['a place before the rows', { first: -1 }, 'first must be an integer >= 0, got -1'],
    ['half a stride', { stride: 0.5 }, 'stride must be an integer >= 0, got 0.5'],
    [
      'gates beyond the rows',
      { first: 1 },
      'first + (batch - 1) * stride + width must be within the rows (4), got 5',
    ],
  ])('refuses %s', (_title, { branch = new Float32Array(8), ...change }, message) => {
    const sum = createGatedSum({ batch: 2, tokens: 2, width: 2, useSimd });
    const gates = { rows: new Float32Array(4), first: 0, stride: 2, ...change };
    expect(() => sum.add(branch, gates)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
