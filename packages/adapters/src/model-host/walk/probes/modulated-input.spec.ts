import type { TransformerLayout } from '../../transformer/transformer-layout.js';
import { modulatedInput } from './modulated-input.js';

const LAYOUT: TransformerLayout = {
  depth: 1,
  tokens: 2,
  width: 2,
  rows: 8,
  branches: [
    { name: 'blocks.0.attention', block: 0, kind: 'attention' },
    { name: 'blocks.0.mlp', block: 0, kind: 'mlp' },
  ],
};

/** Row 0 is the attention's shift, row 1 its scale; all others are far off. */
function rowsOf(shift: readonly number[], scale: readonly number[]): readonly number[] {
  return [...shift, ...scale, ...new Array<number>(12).fill(1e6)];
}

describe('modulatedInput', () => {
  it('normalises every token, scales by 1 + scale and shifts, with the rows of its sample', () => {
    const rows = Float32Array.from([...rowsOf([0, 10], [0, 1]), ...rowsOf([1, 1], [2, 2])]);
    // Tokens (a, -a) and (b + 2, b) have mean 0 and b + 1 and become (1, -1) but for epsilon.
    const hidden = Float32Array.of(5, -5, 3, 1, -4, 4, 102, 100);
    const result = modulatedInput(hidden, { layout: LAYOUT, batch: 2, rows });
    const expected = [1, 8, 1, 8, -2, 4, 4, -2];
    result.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 5));
  });

  it('has epsilon 1e-6, as DiT', () => {
    const rows = Float32Array.from(rowsOf([0, 0], [0, 0]));
    const hidden = Float32Array.of(1e-3, -1e-3, 0, 0);
    const [first, second, third] = modulatedInput(hidden, { layout: LAYOUT, batch: 1, rows });
    // 1e-3 / sqrt(1e-6 + 1e-6)
    expect(first).toBeCloseTo(Math.SQRT1_2, 6);
    expect(second).toBeCloseTo(-Math.SQRT1_2, 6);
    expect(third).toBe(0);
  });

  it('does not write to the hidden state', () => {
    const hidden = Float32Array.of(1, 2, 3, 4);
    const rows = new Float32Array(16);
    modulatedInput(hidden, { layout: LAYOUT, batch: 1, rows });
    expect([...hidden]).toEqual([1, 2, 3, 4]);
  });
});
