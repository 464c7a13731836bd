import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LocalTensor, PlacedTensor } from '../tensor/tensor.js';
import { createSharedDirectory } from './shared-directory.js';
import type { SharedDirectory } from './shared-directory.js';
import { createTensorTransfer } from './tensor-transfer.js';
import type { TensorTransfer } from './tensor-transfer.js';

let parent: string;
let directory: SharedDirectory;
let transfer: TensorTransfer;

const TENSOR: LocalTensor = {
  dtype: 'int32',
  shape: [2],
  bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
};
const REGION = { name: 'run-1', offset: 8, byteLength: 8 };

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'tensor-transfer-'));
  directory = createSharedDirectory({ parent, limitBytes: 100 });
  await directory.create('run-1', 32);
  transfer = createTensorTransfer(directory.path);
});

afterEach(() => {
  transfer.close();
  directory.dispose();
  rmSync(parent, { recursive: true });
});

function inRegion(region = REGION): PlacedTensor {
  return { dtype: 'int32', shape: [2], place: 'region', region };
}

describe('tensor transfer', () => {
  it('a tensor placed in a region is resolved from it', () => {
    const placed = transfer.place(TENSOR, REGION);
    expect(placed).toEqual(inRegion());
    expect(transfer.resolve(placed, 'input')).toEqual(TENSOR);
  });

  it('an inline tensor is not copied', () => {
    const placed = transfer.place(TENSOR, null);
    expect(transfer.resolve(placed, 'input').bytes).toBe(TENSOR.bytes);
  });

  it.each([REGION, null])('resolveInto fills a buffer of the caller from %j', (region) => {
    const target = new Uint8Array(8);
    transfer.resolveInto(transfer.place(TENSOR, region), 'input', target);
    expect(target).toEqual(TENSOR.bytes);
    expect(() => transfer.resolveInto(inRegion(), 'input', new Uint8Array(9))).toThrow(
      'input must be 9 bytes long, got 8',
    );
  });

  it('a region that the file does not hold is refused before memory is taken for it', () => {
    const shape = [2 ** 31, 2 ** 10];
    const region = { ...REGION, byteLength: 2 ** 43 };
    const huge: PlacedTensor = { dtype: 'int32', shape, place: 'region', region };
    expect(() => transfer.resolve(huge, 'input')).toThrow(
      "region run-1: offset + byte_length must be <= the file's 32 bytes, got 8796093022216",
    );
  });

  it('an output that does not fit its region is refused', () => {
    expect(() => transfer.assertOutput(TENSOR, { ...REGION, byteLength: 9 })).toThrow(
      'output.byte_length must be 8, got 9',
    );
    expect(() => transfer.place(TENSOR, { ...REGION, offset: 25 })).toThrow(
      "region run-1: offset + byte_length must be <= the file's 32 bytes, got 33",
    );
  });

  it('byte counts that dtype and shape do not say are refused', () => {
    const short: PlacedTensor = { ...TENSOR, place: 'inline', bytes: new Uint8Array(7) };
    expect(() => transfer.resolve(short, 'input')).toThrow(
      'input.inline must be 8 bytes as dtype and shape say, got 7',
    );
    expect(() => transfer.resolve(inRegion({ ...REGION, byteLength: 4 }), 'input')).toThrow(
      'input.region.byte_length must be 8 bytes as dtype and shape say, got 4',
    );
  });

  it('a handle cannot be resolved here', () => {
    const handle: PlacedTensor = {
      dtype: 'int32',
      shape: [2],
      place: 'handle',
      handle: { hostId: 'h', id: 1 },
    };
    expect(() => transfer.resolve(handle, 'input')).toThrow(
      'input must be inline or in a region, got "handle"',
    );
  });

  it('without a directory there are no regions', () => {
    const inlineOnly = createTensorTransfer('');
    expect(() => inlineOnly.resolve(inRegion(), 'input')).toThrow(
      'shared memory run-1 cannot be opened: the run has no shared directory',
    );
  });

  it('closing twice is no error', () => {
    transfer.place(TENSOR, REGION);
    transfer.close();
    expect(() => transfer.close()).not.toThrow();
  });
});
