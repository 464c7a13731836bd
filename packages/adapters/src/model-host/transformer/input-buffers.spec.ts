import { createTensorTransfer } from '../../shared-memory/tensor-transfer.js';
import { float32View } from '../../tensor/tensor-view.js';
import type { PlacedTensor } from '../../tensor/tensor.js';
import { createInputBuffers } from './input-buffers.js';

const transfer = createTensorTransfer('');

function tensor(values: readonly number[]): PlacedTensor {
  // One byte before the numbers, so that they are not aligned: as in a message.
  const bytes = new Uint8Array(1 + 4 * values.length).subarray(1);
  bytes.set(new Uint8Array(Float32Array.from(values).buffer));
  return { dtype: 'float32', shape: [values.length], place: 'inline', bytes };
}

describe('input buffers', () => {
  it('inputs of one size take turns in one buffer', () => {
    const buffers = createInputBuffers();
    const first = buffers.read(tensor([1, 2]), transfer);
    expect([...float32View(first)]).toEqual([1, 2]);
    const second = buffers.read(tensor([3, 4]), transfer);
    expect([...float32View(second)]).toEqual([3, 4]);
    expect(second.bytes.buffer).toBe(first.bytes.buffer);
  });

  it('inputs of other sizes, and of other branches, do not', () => {
    const buffers = createInputBuffers();
    const first = buffers.read(tensor([1, 2]), transfer);
    buffers.read(tensor([3]), transfer);
    createInputBuffers().read(tensor([5, 6]), transfer);
    expect([...float32View(first)]).toEqual([1, 2]);
  });

  it('bytes that are not as many as the shape says are refused', () => {
    const short: PlacedTensor = { ...tensor([1, 2]), shape: [3] };
    expect(() => createInputBuffers().read(short, transfer)).toThrow(
      'input.inline must be 12 bytes as dtype and shape say, got 8',
    );
  });
});
