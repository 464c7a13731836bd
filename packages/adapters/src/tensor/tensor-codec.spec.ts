import fc from 'fast-check';

import type { Tensor__Output } from '../gen/forecache/v1/Tensor.js';
import { modelHostServiceDefinition } from '../wire/definitions.js';
import { decodeTensor, encodeTensor } from './tensor-codec.js';
import { byteLength, TENSOR_DTYPES } from './tensor-type.js';
import type { PlacedTensor } from './tensor.js';

const TYPE = { dtype: 'DTYPE_FLOAT32' as const, shape: [2] };
const FLOAT = { ...TYPE, inline: Buffer.alloc(8) };
const REGION = { name: 'run-1', offset: 0, byteLength: 8 };
const HANDLE = { hostId: 'host', id: 3 };

/** What a receiver gets to see after both serialisers. */
function overTheWire(tensor: PlacedTensor): PlacedTensor {
  const { requestSerialize, requestDeserialize } = modelHostServiceDefinition().Forward;
  const bytes = requestSerialize({ input: encodeTensor(tensor) });
  const { input } = requestDeserialize(bytes);
  if (input === null) throw new Error('the tensor got lost');
  return decodeTensor(input, 'input');
}

function plain(tensor: PlacedTensor): unknown {
  return tensor.place === 'inline' ? { ...tensor, bytes: [...tensor.bytes] } : tensor;
}

const dtypes = fc.constantFrom(...TENSOR_DTYPES);
const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 });

describe('a tensor comes back from the wire as it was', () => {
  it('inline', () => {
    fc.assert(
      fc.property(dtypes, shapes, (dtype, shape) => {
        const bytes = new Uint8Array(byteLength({ dtype, shape })).map((_, i) => i);
        const tensor: PlacedTensor = { dtype, shape, place: 'inline', bytes };
        expect(plain(overTheWire(tensor))).toEqual(plain(tensor));
      }),
      { numRuns: 50 },
    );
  });

  it('in a region', () => {
    const region = { name: 'a', offset: 2 ** 40, byteLength: 8 };
    const tensor: PlacedTensor = { dtype: 'int64', shape: [], place: 'region', region };
    expect(overTheWire(tensor)).toEqual(tensor);
  });

  it('by handle', () => {
    const handle = { hostId: 'h', id: Number.MAX_SAFE_INTEGER };
    const tensor: PlacedTensor = { dtype: 'bfloat16', shape: [1, 2], place: 'handle', handle };
    expect(overTheWire(tensor)).toEqual(tensor);
  });
});

describe('decodeTensor refuses', () => {
  const refused: readonly [string, object, string][] = [
    [
      'a dtype that is not set',
      { dtype: 'DTYPE_UNSPECIFIED' },
      'input.dtype must be one of DTYPE_FLOAT32, DTYPE_FLOAT16, DTYPE_BFLOAT16, DTYPE_INT32, DTYPE_INT64, got "DTYPE_UNSPECIFIED"',
    ],
    [
      'a dtype from the future',
      { dtype: 99 },
      'input.dtype must be one of DTYPE_FLOAT32, DTYPE_FLOAT16, DTYPE_BFLOAT16, DTYPE_INT32, DTYPE_INT64, got 99',
    ],
    [
      'nine dimensions',
      { shape: [1, 1, 1, 1, 1, 1, 1, 1, 1] },
      'input.shape must be at most 8 dimensions, got 9',
    ],
    [
      'an empty dimension',
      { shape: [2, 0] },
      'input.shape[1] must be an integer in 1..2147483648, got 0',
    ],
    [
      'a dimension over 2^31',
      { shape: [4294967295] },
      'input.shape[0] must be an integer in 1..2147483648, got 4294967295',
    ],
    [
      'a product that overflows',
      { shape: [2147483648, 2147483648] },
      'input.shape must be at most 2^53 - 1 bytes in all, got [2147483648, 2147483648]',
    ],
    [
      'truncated bytes',
      { inline: Buffer.alloc(7) },
      'input.inline must be 8 bytes as dtype and shape say, got 7',
    ],
    [
      'surplus bytes',
      { inline: Buffer.alloc(9) },
      'input.inline must be 8 bytes as dtype and shape say, got 9',
    ],
    [
      'no place',
      { inline: undefined },
      'input must be in exactly one place (inline, region or handle), got 0',
    ],
    [
      'two places',
      { region: REGION },
      'input must be in exactly one place (inline, region or handle), got 2',
    ],
    [
      'three places',
      { region: REGION, handle: HANDLE },
      'input must be in exactly one place (inline, region or handle), got 3',
    ],
    [
      'a region of another size',
      { inline: undefined, region: { ...REGION, byteLength: 12 } },
      'input.region.byte_length must be 8 bytes as dtype and shape say, got 12',
    ],
    [
      'a region past 2^53',
      { inline: undefined, region: { ...REGION, offset: Number.MAX_SAFE_INTEGER } },
      'input.region.offset + byte_length must be an integer in 1..2^53 - 1, got 9007199254741000',
    ],
    [
      'a negative offset',
      { inline: undefined, region: { ...REGION, offset: -8 } },
      'input.region.offset must be an integer in 0..2^53 - 1, got -8',
    ],
    [
      'a fractional offset',
      { inline: undefined, region: { ...REGION, offset: 0.5 } },
      'input.region.offset must be an integer in 0..2^53 - 1, got 0.5',
    ],
    [
      'a handle without a host',
      { inline: undefined, handle: { hostId: '', id: 1 } },
      'input.handle.host_id must be 1 to 128 characters long, got 0',
    ],
    [
      'a handle whose id lost digits',
      { inline: undefined, handle: { hostId: 'h', id: 2 ** 60 } },
      'input.handle.id must be an integer in 0..2^53 - 1, got 1152921504606847000',
    ],
  ];

  it.each(refused)('%s', (_, change, message) => {
    const hostile = { ...FLOAT, ...change } as Tensor__Output;
    expect(() => decodeTensor(hostile, 'input')).toThrow(message);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    '/etc/passwd',
    'a\0b',
    'owner.pid',
    '-rf',
    'UPPER',
    'ünï',
    'a b',
    'a\n',
    'x'.repeat(65),
  ])('the region name %j', (name) => {
    const hostile = { ...TYPE, region: { ...REGION, name } };
    expect(() => decodeTensor(hostile, 'input')).toThrow(
      `input.region.name must be a file name of 1 to 64 characters of [a-z0-9-], got ${JSON.stringify(name)}`,
    );
  });

  it('a billion elements without allocating them', () => {
    const before = process.memoryUsage().arrayBuffers;
    const hostile = { ...FLOAT, shape: [2 ** 30] };
    expect(() => decodeTensor(hostile, 'input')).toThrow('must be 4294967296 bytes');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
