import {
  byteLength,
  createTensorTransfer,
  float32Tensor,
  type LocalTensor,
  type PlacedTensor,
  type SharedRegion,
  type TensorType,
} from '@forecache/adapters';

/** How one run's tensors travel to the sidecar and back. */
export interface TensorRoute {
  /** Puts a tensor where the sidecar can read it, under a name that is laid out. */
  send(name: string, tensor: LocalTensor): PlacedTensor;
  /** Where the sidecar should put an answer; null means inline. */
  target(name: string): SharedRegion | null;
  /** The answer's tensor in this process. Valid until the next answer of the same name. */
  receive(name: string, tensor: PlacedTensor): LocalTensor;
  close(): void;
}

/** A tensor of the run that needs a place of its own in the shared file. */
export interface LaidOutTensor {
  readonly name: string;
  readonly type: TensorType;
}

/** Regions start at multiples of a cache line. */
const ALIGNMENT = 64;

/** Bytes of shared memory that the tensors of one run take. */
export function sharedBytesFor(tensors: readonly LaidOutTensor[]): number {
  return tensors.reduce((sum, { type }) => sum + padded(byteLength(type)), 0);
}

/** Tensors inside the messages: the portable route. */
export function createInlineRoute(): TensorRoute {
  const transfer = createTensorTransfer('');
  return {
    send: (_, tensor) => ({ ...tensor, place: 'inline' }),
    target: () => null,
    receive: (name, tensor) => transfer.resolve(tensor, name),
    close: transfer.close,
  };
}

/**
 * Tensors through the run's shared file: every name has one region and one buffer for the whole run, so that
 * a call allocates nothing of a tensor's size.
 */
export function createSharedRoute(
  file: { readonly directory: string; readonly name: string },
  tensors: readonly LaidOutTensor[],
): TensorRoute {
  const transfer = createTensorTransfer(file.directory);
  const regions = new Map<string, SharedRegion>();
  const buffers = new Map<string, LocalTensor>();
  let offset = 0;
  for (const { name, type } of tensors) {
    const region = { name: file.name, offset, byteLength: byteLength(type) };
    regions.set(name, region);
    buffers.set(name, float32Tensor(type.shape, new Float32Array(region.byteLength / 4)));
    offset += padded(region.byteLength);
  }
  return {
    send: (name, tensor) => transfer.place(tensor, regions.get(name) ?? null),
    target: (name) => regions.get(name) ?? null,
    receive(name, tensor) {
      const buffer = buffers.get(name);
      if (buffer === undefined) return transfer.resolve(tensor, name);
      transfer.resolveInto(tensor, name, buffer.bytes);
      return buffer;
    },
    close: transfer.close,
  };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
