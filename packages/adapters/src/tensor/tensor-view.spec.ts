import { float32Tensor, float32View, int64Tensor, int64View } from './tensor-view.js';

describe('views of tensors', () => {
  it('aligned bytes are seen in place', () => {
    const values = Float32Array.of(1, -0, Infinity);
    const tensor = float32Tensor([3], values);
    float32View(tensor)[0] = 5;
    expect([...values]).toEqual([5, -0, Infinity]);
  });

  it('bytes that start anywhere are copied, with the same values', () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(Float32Array.of(1.5, NaN).buffer), 1);
    const view = float32View({ dtype: 'float32', shape: [2], bytes: bytes.subarray(1) });
    expect([...view]).toEqual([1.5, NaN]);
    view[0] = 7;
    expect(float32View({ dtype: 'float32', shape: [2], bytes: bytes.subarray(1) })[0]).toBe(1.5);
  });

  it('a Buffer at an odd offset is copied too, not sliced', () => {
    const buffer = Buffer.alloc(17, 0).subarray(1);
    const view = int64View({ dtype: 'int64', shape: [2], bytes: buffer });
    view[0] = 9n;
    expect(buffer.every((byte) => byte === 0)).toBe(true);
  });

  it('int64 values keep all digits', () => {
    const tensor = int64Tensor([2], BigInt64Array.of(-1n, 2n ** 62n));
    expect([...int64View(tensor)]).toEqual([-1n, 2n ** 62n]);
  });

  it('another dtype and another length are refused', () => {
    const tensor = float32Tensor([], Float32Array.of(1));
    expect(() => int64View(tensor)).toThrow('dtype must be int64, got "float32"');
    expect(() => float32View(int64Tensor([], BigInt64Array.of(1n)))).toThrow(
      'dtype must be float32, got "int64"',
    );
    expect(() => float32Tensor([2], Float32Array.of(1))).toThrow(
      'values must be 2 elements long, got 1',
    );
  });
});
