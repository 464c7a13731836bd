import { bytesPerElement, createTensorArena, type FeatureDtype } from '@forecache/core';
import { interleave } from './interleave.js';
import type { Section } from './report.js';

const DTYPES: readonly FeatureDtype[] = ['float32', 'bfloat16', 'float16'];
const SIZES: readonly (readonly [string, number])[] = [
  ['512 KB', 512 * 2 ** 10],
  ['28 MB', 28 * 2 ** 20],
];
const SOURCES = 3;

/**
 * Weighted sum of three stored tensors (order 2) against one copy of one tensor of the same size. The sum
 * touches (3 + 1) / 2 times the bytes of the copy, so a ratio of 2 is the copy's own bandwidth.
 */
export async function benchWeightedSum(rounds: number): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const [label, byteLength] of SIZES)
    sections.push(await benchSize(label, byteLength, rounds));
  return sections;
}

async function benchSize(label: string, byteLength: number, rounds: number): Promise<Section> {
  const source = Buffer.alloc(byteLength, 1);
  const copy = Buffer.alloc(byteLength);
  const memcpy = { name: `memcpy ${label}`, bytes: byteLength, run: () => void source.copy(copy) };
  const sums = DTYPES.map((dtype) => ({
    name: `weighted sum, ${SOURCES} × ${label} ${dtype}`,
    bytes: byteLength,
    run: weightedSumOf(dtype, byteLength),
  }));
  return {
    title: `Weighted sum, ${label}`,
    note:
      `Order 2: ${SOURCES} tensors read, one written, one thread. At ratio ${(SOURCES + 1) / 2} the sum touches ` +
      'memory as fast as the copy does.',
    timings: await interleave([memcpy, ...sums], { rounds, warmup: 5 }),
  };
}

function weightedSumOf(dtype: FeatureDtype, byteLength: number): () => void {
  const arena = createTensorArena({ limitBytes: 2 ** 30 });
  const slots = Array.from({ length: SOURCES + 1 }, () => arena.allocate(byteLength));
  const [target, ...sources] = slots;
  if (target === undefined) throw new Error('no target slot');
  for (const [index, slot] of sources.entries()) fillOnes(arena.bytes(slot), dtype, index + 1);
  const weights = [2.12, -1.44, 0.32];
  return () => arena.weightedSum({ dtype, sources, weights, target });
}

/** The value 1, 2 or 3 in every element. */
function fillOnes(bytes: Uint8Array, dtype: FeatureDtype, value: number): void {
  const patterns = {
    float32: [0, 0x3f800000, 0x40000000, 0x40400000],
    bfloat16: [0, 0x3f80, 0x4000, 0x4040],
    float16: [0, 0x3c00, 0x4000, 0x4200],
  };
  const pattern = patterns[dtype][value] ?? 0;
  const count = bytes.byteLength / bytesPerElement(dtype);
  if (dtype === 'float32') new Uint32Array(bytes.buffer, bytes.byteOffset, count).fill(pattern);
  if (dtype !== 'float32') new Uint16Array(bytes.buffer, bytes.byteOffset, count).fill(pattern);
}
