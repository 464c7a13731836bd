import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { modelFingerprint } from './model-fingerprint.js';
import { hashOfWeights } from './onnx-weights.js';

const directory = mkdtempSync(join(tmpdir(), 'forecache-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A protobuf field of bytes. */
const bytes = (field: number, ...content: number[]) => [field * 8 + 2, content.length, ...content];
/** A protobuf field of a small number. */
const small = (field: number, value: number) => [field * 8, value];
const tensor = (dims: number[], raw: number[], dataType = 1) =>
  bytes(5, ...dims.flatMap((dim) => small(1, dim)), ...small(2, dataType), ...bytes(9, ...raw));
const model = (...graph: number[]) => Uint8Array.from(bytes(7, ...graph));
const two = [1, 2, 3, 4, 5, 6, 7, 8];

describe('hashOfWeights', () => {
  const hash = (...graph: number[]) => hashOfWeights(model(...graph));

  it('depends on numbers and shapes of the weights', () => {
    const weights = hash(...tensor([2], two));
    expect(hash(...tensor([2], [...two].reverse()))).not.toBe(weights);
    expect(hash(...tensor([1, 2], two))).not.toBe(weights);
  });

  it('depends on nothing else: names, nodes, integers and single constants may change', () => {
    const named = bytes(
      5,
      ...small(1, 2),
      ...bytes(8, 65, 66),
      ...small(2, 1),
      ...bytes(9, ...two),
    );
    const node = bytes(1, 65, 66);
    const integers = tensor([1], two, 7);
    const constant = tensor([1], [0, 0, 128, 63]);
    expect(hash(...node, ...integers, ...constant, ...named)).toBe(hash(...tensor([2], two)));
  });

  it.each([
    [[0x3a, 5, 1]], // a graph that ends before its length
    [[0x3b]], // wire type 3, which ONNX does not use
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]], // a number without an end
  ])('rejects bytes that are no protobuf: %j', (content) => {
    expect(() => hashOfWeights(Uint8Array.from(content))).toThrow(
      'a model file must be ONNX (protobuf)',
    );
  });
});

describe('modelFingerprint', () => {
  it('is the same for a copy, and another when one weight is', async () => {
    const manifest = await loadManifest();
    const source = demoModelDirectory();
    for (const file of readdirSync(source)) copyFileSync(join(source, file), join(directory, file));
    const fingerprint = await modelFingerprint(manifest, source);
    expect(fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(await modelFingerprint(manifest, directory)).toBe(fingerprint);
    const head = join(directory, 'head.onnx');
    const content = readFileSync(head);
    const middle = Math.floor(content.length / 2);
    content[middle] = (content[middle] ?? 0) ^ 1;
    writeFileSync(head, content);
    expect(await modelFingerprint(manifest, directory)).not.toBe(fingerprint);
  });
});
