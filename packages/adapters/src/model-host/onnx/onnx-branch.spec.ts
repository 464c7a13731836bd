import { fileURLToPath } from 'node:url';

import { createOnnxBranch } from './onnx-branch.js';
import { readManifest } from './onnx-manifest.js';
import { openSegments } from './onnx-segments.js';
import type { OnnxSegments } from './onnx-segments.js';
import { allTokens, gatherRows } from '../tokens/token-rows.js';
import type { BranchRequest, TransformerNetwork } from '../transformer/transformer-network.js';

const DEMO_MODEL = fileURLToPath(new URL('../../../../demo-model/model', import.meta.url));
const BATCH = 2;
const sizes = { tokens: 49, width: 96 };

/** Few rows may be summed in another order than many. */
const TOLERANCE = 1e-6;

let segments: OnnxSegments;
let branch: TransformerNetwork['branch'];

beforeAll(async () => {
  const manifest = await readManifest(DEMO_MODEL);
  segments = await openSegments(manifest, 1);
  branch = createOnnxBranch(manifest, segments);
});

afterAll(() => segments.close());

const wave = (length: number, step: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * step) * Math.cos(i));
const request: BranchRequest = {
  batch: BATCH,
  hidden: wave(BATCH * 49 * 96, 0.37),
  shift: wave(BATCH * 96, 0.11),
  scale: wave(BATCH * 96, 0.23),
  chosen: null,
  measure: null,
};
/** Tokens 0, 5, 48 of the first sample and 1, 2, 3 of the second. */
const three = { count: 3, indices: Int32Array.of(0, 5, 48, 1, 2, 3) };
const one = { count: 1, indices: Int32Array.of(17, 30) };

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] ?? NaN))),
    0,
  );
}

describe('a branch of the demo model', () => {
  it.each([
    ['blocks.0.attention', 1, one],
    ['blocks.0.attention', 3, three],
    ['blocks.7.attention', 49, allTokens(BATCH, 49)],
    ['blocks.0.mlp', 1, one],
    ['blocks.0.mlp', 3, three],
    ['blocks.7.mlp', 49, allTokens(BATCH, 49)],
  ])('%s of %i chosen tokens is those rows of the whole', async (site, _, chosen) => {
    const whole = await branch(site, request);
    const partial = await branch(site, { ...request, chosen });
    const rows = gatherRows(whole.branch, chosen, sizes);
    expect(largestDifference(partial.branch, rows)).toBeLessThan(TOLERANCE);
    expect(Math.max(...rows)).toBeGreaterThan(0.1);
  });

  it.each(['influence', 'value-norm'] as const)(
    'that measures %s gives the bits of one that does not',
    async (measure) => {
      const plain = await branch('blocks.3.attention', request);
      const measured = await branch('blocks.3.attention', { ...request, measure });
      expect(measured.branch).toEqual(plain.branch);
      expect(plain.measured).toBeNull();
      expect(measured.measured).toHaveLength(BATCH * 49);
    },
  );

  it('measures an influence that sums to 1 over the tokens of each sample', async () => {
    const { measured } = await branch('blocks.2.attention', { ...request, measure: 'influence' });
    for (const sample of [0, 1]) {
      const ofSample = [...(measured ?? [])].slice(sample * 49, sample * 49 + 49);
      expect(ofSample.every((influence) => influence > 0)).toBe(true);
      expect(ofSample.reduce((sum, influence) => sum + influence, 0)).toBeCloseTo(1, 5);
    }
  });

  it('measures value norms that do not depend on the batch', async () => {
    const norms = await branch('blocks.2.attention', { ...request, measure: 'value-norm' });
    const ofFirst = await branch('blocks.2.attention', {
      batch: 1,
      hidden: request.hidden.subarray(0, 49 * 96),
      shift: request.shift.subarray(0, 96),
      scale: request.scale.subarray(0, 96),
      chosen: null,
      measure: 'value-norm',
    });
    const first = norms.measured?.subarray(0, 49) ?? new Float32Array();
    expect(largestDifference(first, ofFirst.measured ?? new Float32Array())).toBeLessThan(1e-5);
    expect(first.every((norm) => norm > 0)).toBe(true);
  });
});
