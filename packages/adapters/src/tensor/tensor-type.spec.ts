import {
  assertSameType,
  assertTensorType,
  byteLength,
  elementCount,
  isSameType,
  withBatch,
} from './tensor-type.js';
import type { TensorType } from './tensor.js';

const MATRIX: TensorType = { dtype: 'float16', shape: [2, 3] };

describe('tensor types', () => {
  it('byteLength is the product of the shape times the element size', () => {
    expect(byteLength(MATRIX)).toBe(12); // 2 * 3 * 2
    expect(byteLength({ dtype: 'int64', shape: [5] })).toBe(40);
    expect(byteLength({ dtype: 'int32', shape: [5] })).toBe(20);
  });

  it('a scalar has one element', () => {
    expect(elementCount({ dtype: 'float32', shape: [] })).toBe(1);
  });

  it('withBatch puts the batch first', () => {
    expect(withBatch(MATRIX, 7)).toEqual({ dtype: 'float16', shape: [7, 2, 3] });
  });

  it('isSameType compares dtype, rank and every dimension', () => {
    expect(isSameType(MATRIX, { ...MATRIX })).toBe(true);
    expect(isSameType(MATRIX, { ...MATRIX, dtype: 'float32' })).toBe(false);
    expect(isSameType(MATRIX, { ...MATRIX, shape: [2, 3, 1] })).toBe(false);
    expect(isSameType(MATRIX, { ...MATRIX, shape: [3, 2] })).toBe(false);
  });

  it('assertSameType names both types', () => {
    const other: TensorType = { dtype: 'float32', shape: [] };
    expect(() => assertSameType('input', MATRIX, other)).toThrow(
      'input must be a tensor float16[2, 3], got "float32[]"',
    );
  });

  it.each([-1, 0, 0.5, NaN, Infinity, 2 ** 31 + 1])('a dimension %d is refused', (dimension) => {
    const type: TensorType = { dtype: 'float32', shape: [dimension] };
    expect(() => assertTensorType('x', type)).toThrow(
      `x.shape[0] must be an integer in 1..2147483648, got ${dimension}`,
    );
  });
});
