import type { TensorTransfer } from '../../shared-memory/tensor-transfer.js';
import { elementCount } from '../../tensor/tensor-type.js';
import { float32Tensor } from '../../tensor/tensor-view.js';
import type { LocalTensor, PlacedTensor } from '../../tensor/tensor.js';

/** The inputs of one branch in this process: one buffer a size, so that a forward allocates none. */
export interface InputBuffers {
  /** A float32 tensor as the network can read it, until the next one of the same size is read. */
  read(tensor: PlacedTensor, transfer: TensorTransfer): LocalTensor;
}

/** No buffers yet. */
export function createInputBuffers(): InputBuffers {
  const buffers = new Map<number, Float32Array>();
  return {
    read(tensor, transfer) {
      const elements = elementCount(tensor);
      const values = buffers.get(elements) ?? new Float32Array(elements);
      buffers.set(elements, values);
      const local = float32Tensor(tensor.shape, values);
      transfer.resolveInto(tensor, 'input', local.bytes);
      return local;
    },
  };
}
