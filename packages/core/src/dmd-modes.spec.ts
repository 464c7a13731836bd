import { exponentials, gramAt, seededNumbers } from '../test/exponentials.js';
import { dmdModes, type DmdOptions } from './dmd-modes.js';
import type { Eigenvalue } from './eigenvalues.js';

/** Four snapshots without a signal. */
const ZEROS = range(4).map(() => range(4).map(() => 0));

describe('dmdModes', () => {
  it('finds the rates, and tells in how many snapshots', () => {
    const gram = gramAt(exponentials([{ re: 1 }, { re: 0.9, im: 0.2 }]), 6);
    const found = dmdModes({ gram });
    expect(found).toMatchObject({ kind: 'modes', snapshots: 6 });
    expect(modesOf({ gram }).map(({ re, im }) => [re.toFixed(6), im.toFixed(6)])).toEqual([
      ['1.000000', '0.000000'],
      ['0.900000', '0.200000'],
      ['0.900000', '-0.200000'],
    ]);
  });

  it('drops directions that are rounding, also without a tolerance to speak of', () => {
    expect(modesOf({ gram: gramAt(exponentials([{ re: 0.9 }]), 9) })).toHaveLength(1);
    // Next to 1, the rank tolerance sees 1e-6 of a second direction only when asked.
    const next = seededNumbers(11);
    const [a, b] = [range(24).map(next), range(24).map(next)];
    const faint = (s: number) => a.map((x, i) => x + 1e-6 * 0.5 ** s * (b[i] ?? NaN));
    const gram = gramAt(faint, 4);
    expect(modesOf({ gram })).toHaveLength(1);
    expect(modesOf({ gram, rankTolerance: 1e-7 }).length).toBeGreaterThan(1);
  });

  it('damps modes by the ridge', () => {
    // A constant alone has mode 1 / (1 + ridge).
    const gram = gramAt(exponentials([{ re: 1 }]), 4);
    expect(modesOf({ gram, ridge: 0.25 })[0]?.re).toBeCloseTo(0.8, 12);
  });

  it('answers the same when asked twice, and leaves the matrix alone', () => {
    const gram = gramAt(exponentials([{ re: 0.95 }, { re: 0.8, im: 0.3 }]), 6);
    const before = JSON.stringify(gram);
    expect(dmdModes({ gram })).toEqual(dmdModes({ gram }));
    expect(JSON.stringify(gram)).toBe(before);
  });

  it.each<[string, number[][], string]>([
    ['features that are all 0', ZEROS, 'no-signal'],
    ['older features that are all 0', withCorner(1), 'no-signal'],
    ['a NaN', withCorner(NaN), 'not-finite'],
    ['an infinity', withCorner(Infinity), 'not-finite'],
    ['a mode that triples', gramAt(exponentials([{ re: 3 }]), 4), 'growing-modes'],
  ])('falls back on %s', (_title, gram, reason) => {
    expect(dmdModes({ gram })).toEqual({ kind: 'fallback', reason });
  });

  it.each<[string, Partial<DmdOptions>, string]>([
    ['three snapshots', { gram: ZEROS.slice(1) }, 'gram.length must be between 4 and 9, got 3'],
    ['none', { gram: [] }, 'gram.length must be between 4 and 9, got 0'],
    ['ten', { gram: range(10).map(() => []) }, 'gram.length must be between 4 and 9, got 10'],
    [
      'a ragged matrix',
      { gram: [...ZEROS.slice(1), [1, 2]] },
      'gram[3].length must be gram.length (4), got 2',
    ],
    [
      'a tolerance of 1',
      { rankTolerance: 1 },
      'rankTolerance must be a number >= 0 and < 1, got 1',
    ],
    [
      'a tolerance of NaN',
      { rankTolerance: NaN },
      'rankTolerance must be a number >= 0 and < 1, got NaN',
    ],
    ['a negative ridge', { ridge: -1 }, 'ridge must be a finite number >= 0, got -1'],
  ])('refuses %s', (_title, change, message) => {
    expect(() => dmdModes({ gram: ZEROS, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});

function modesOf(options: DmdOptions): readonly Eigenvalue[] {
  const found = dmdModes(options);
  if (found.kind === 'fallback') throw new Error(`fell back: ${found.reason}`);
  return found.modes;
}

/** The product of the newest feature with itself. */
function withCorner(value: number): number[][] {
  return ZEROS.map((row, i) => row.map((x, j) => (i === 0 && j === 0 ? value : x)));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
