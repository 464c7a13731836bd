import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import { createHiddenMemory } from './hidden-memory.js';
import { addGated } from './modulation.js';
import type { Modulation } from './modulation.js';
import type { TransformerLayout } from '../transformer/transformer-layout.js';

const MLP = { name: 'blocks.1.mlp', block: 1, kind: 'mlp' } as const;

const LAYOUT: TransformerLayout = { depth: 2, tokens: 3, width: 21, rows: 14, branches: [] };

/** Numbers that round in every product and sum. */
function wave(speed: number, shape: readonly number[]): LocalTensor {
  const length = shape.reduce((a, b) => a * b, 1);
  return float32Tensor(
    shape,
    Float32Array.from({ length }, (_, i) => Math.sin(i * speed) * 3),
  );
}

const SHAPE = [2, LAYOUT.tokens, LAYOUT.width];
const MODULATION: Modulation = {
  layout: LAYOUT,
  batch: 2,
  rows: float32View(wave(0.7, [2, LAYOUT.rows, LAYOUT.width])),
};

describe.each([true, false])('hidden memory, useSimd %s', (useSimd) => {
  const memory = () => createHiddenMemory({ useSimd });

  it('adds branches bit for bit as addGated does', () => {
    const [embedded, branch] = [wave(0.3, SHAPE), wave(0.1, SHAPE)];
    const hidden = memory().begin(embedded);
    const expected = float32View(embedded).slice();
    for (let again = 0; again < 3; again++) {
      hidden.addBranch(branch, { modulation: MODULATION, site: MLP });
      addGated(expected, float32View(branch), { modulation: MODULATION, site: MLP });
    }
    expect(float32View(hidden.tensor)).toEqual(expected);
    expect(hidden.tensor.shape).toEqual(SHAPE);
  });

  it('adds residuals in float32', () => {
    const [embedded, residual] = [wave(0.3, SHAPE), wave(0.1, SHAPE)];
    const hidden = memory().begin(embedded);
    hidden.addResidual(residual);
    const deltas = float32View(residual);
    expect(float32View(hidden.tensor)).toEqual(
      float32View(embedded).map((value, i) => value + (deltas[i] ?? NaN)),
    );
  });

  it('copies the embedded input, and leaves it and the features alone', () => {
    const [embedded, residual] = [wave(0.3, SHAPE), wave(0.1, SHAPE)];
    memory().begin(embedded).addResidual(residual);
    expect([embedded, residual]).toEqual([wave(0.3, SHAPE), wave(0.1, SHAPE)]);
  });

  it('is the same memory call after call, begun anew', () => {
    const calls = memory();
    const first = calls.begin(wave(0.3, SHAPE));
    first.addResidual(wave(0.1, SHAPE));
    const second = calls.begin(wave(0.3, SHAPE));
    expect(second.tensor.bytes.buffer).toBe(first.tensor.bytes.buffer);
    expect(second.tensor).toEqual(wave(0.3, SHAPE));
  });

  it('takes memory of another size where a call has one', () => {
    const calls = memory();
    calls.begin(wave(0.3, SHAPE));
    const larger = calls.begin(wave(0.3, [4, 5, 64]));
    larger.addResidual(wave(0.3, [4, 5, 64]));
    const doubled = float32View(wave(0.3, [4, 5, 64])).map((value) => 2 * value);
    expect(float32View(larger.tensor)).toEqual(doubled);
  });

  it('reads features whose bytes are not aligned', () => {
    const residual = wave(0.1, SHAPE);
    const shifted = new Uint8Array(residual.bytes.length + 1).subarray(1);
    shifted.set(residual.bytes);
    const [aligned, odd] = [memory().begin(wave(0.3, SHAPE)), memory().begin(wave(0.3, SHAPE))];
    aligned.addResidual(residual);
    odd.addResidual({ ...residual, bytes: shifted });
    expect(odd.tensor).toEqual(aligned.tensor);
  });

  it('an older call cannot add to a newer one', () => {
    const calls = memory();
    const older = calls.begin(wave(0.3, SHAPE));
    const newer = calls.begin(wave(0.3, SHAPE));
    expect(() => older.addResidual(wave(0.1, SHAPE))).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: 'a newer call has begun in this memory',
      }),
    );
    expect(newer.tensor).toEqual(wave(0.3, SHAPE));
  });

  it('refuses a state that no memory holds, and can be used again', () => {
    const calls = memory();
    const huge = { dtype: 'float32', shape: [4, 1024, 2 ** 20], bytes: new Uint8Array() } as const;
    expect(() => calls.begin(huge)).toThrow(
      expect.objectContaining({
        code: 'resource-exhausted',
        message: expect.stringContaining('a hidden state of [4, 1024, 1048576] needs'),
      }),
    );
    expect(calls.begin(wave(0.3, SHAPE)).tensor).toEqual(wave(0.3, SHAPE));
  });
});
