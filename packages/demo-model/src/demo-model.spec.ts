import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  demoModelDirectory,
  findClass,
  loadManifest,
  loadReferenceStatistics,
} from './demo-model.js';
import { parseManifest } from './model-manifest.js';

const tensor = { name: 'hidden', dtype: 'float32', shape: ['B', 49, 96] };
const segment = { file: 'embed.onnx', inputs: [tensor], outputs: [tensor], flopsPerSample: 7 };

function content(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'demo',
    version: 1,
    architecture: 'dit-adaln-zero',
    config: { width: 96, depth: 8, heads: 3, patch: 4, tokens: 49, imageSize: 28 },
    sampler: { process: 'rectified-flow', solver: 'euler', steps: 50, guidance: 2 },
    image: { channels: 1, height: 28, width: 28, range: [-1, 1] },
    classNames: ['dress', 'ankle boot'],
    nullClass: 2,
    flopsPerSample: 7,
    segments: { embed: segment },
    classifier: { file: 'classifier.onnx', inputs: [tensor], outputs: [tensor] },
    reference: { file: 'reference.json', featureSize: 2 },
    ...changes,
  };
}

const parse = (changes: Record<string, unknown>) =>
  parseManifest(content(changes), 'manifest.json');

describe('parseManifest', () => {
  it('keeps what the code needs and ignores the rest', () => {
    const manifest = parse({ training: { seconds: 1 } });
    expect(manifest.sampler.steps).toBe(50);
    expect(manifest.segments['embed']?.flopsPerSample).toBe(7);
    expect(manifest).not.toHaveProperty('training');
  });

  it('knows which segments have a graph by token', () => {
    const chosen = { name: 'chosen', dtype: 'int32', shape: ['B', 'K'] };
    const byToken = { file: 'attention-00-by-token.onnx', inputs: [chosen], outputs: [tensor] };
    const { segments } = parse({
      segments: { embed: segment, attention: { ...segment, byToken } },
    });
    expect(segments['embed']?.byToken).toBeNull();
    expect(segments['attention']?.byToken).toEqual(byToken);
  });

  it.each([
    [{ version: 0 }, 'manifest.json: version must be an integer >= 1, got 0'],
    [{ id: '' }, 'manifest.json: id must be a text, got ""'],
    [{ config: null }, 'manifest.json: config must be an object, got null'],
    [
      { sampler: { process: 'a', solver: 'b', steps: 1, guidance: '2' } },
      'manifest.json: sampler: guidance must be a finite number, got "2"',
    ],
    [
      { image: { channels: 1, height: 28, width: 28, range: [1, -1] } },
      'manifest.json: image: range must be two rising numbers, got [1,-1]',
    ],
    [{ classNames: 'dress' }, 'manifest.json: classNames must be a list of texts, got "dress"'],
    [{ nullClass: -1 }, 'manifest.json: nullClass must be an integer >= 0, got -1'],
    [
      { segments: { embed: { ...segment, file: '../secret' } } },
      'manifest.json: segments: embed: file must be a file name without a path, got "../secret"',
    ],
    [
      { segments: { embed: { ...segment, inputs: [{ ...tensor, dtype: 'int8' }] } } },
      'manifest.json: segments: embed: inputs[0]: dtype must be float32, int32 or int64, got "int8"',
    ],
    [
      { segments: { embed: { ...segment, inputs: [{ ...tensor, shape: [0] }] } } },
      'manifest.json: segments: embed: inputs[0]: shape must be a list of "B", "K" and integers >= 1, got [0]',
    ],
    [{ reference: undefined }, 'manifest.json: reference must be an object, got nothing'],
  ])('rejects %j', (changes, message) => {
    expect(() => parse(changes)).toThrow(new Error(message));
  });
});

describe('findClass', () => {
  it.each(['ankle boot', 'Ankle-Boot', 'ankle_boot', '1'])('finds %s', (name) => {
    expect(findClass(parse({}), name)).toEqual({ name: 'ankle boot', index: 1 });
  });

  it.each(['', '2', '-1', 'boot', '1.0'])('does not find %j', (name) => {
    expect(findClass(parse({}), name)).toBeNull();
  });
});

describe('a model directory', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'demo-model-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  it('gives its manifest and reference statistics', async () => {
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(content()));
    const statistics = {
      mean: [1, 2],
      covariance: [
        [1, 0],
        [0, 1],
      ],
      count: 9,
    };
    writeFileSync(join(directory, 'reference.json'), JSON.stringify(statistics));
    const manifest = await loadManifest(directory);
    expect(await loadReferenceStatistics(manifest, directory)).toEqual(statistics);
  });

  it('that misses a file, holds broken JSON or uneven statistics is rejected', async () => {
    await expect(loadManifest(directory)).rejects.toThrow(
      /^model directory has no readable manifest.json: /,
    );
    writeFileSync(join(directory, 'manifest.json'), '{');
    await expect(loadManifest(directory)).rejects.toThrow(/^manifest.json must be JSON: /);
    writeFileSync(
      join(directory, 'reference.json'),
      JSON.stringify({ mean: [1, 2], covariance: [[1]], count: 9 }),
    );
    await expect(loadReferenceStatistics(parse({}), directory)).rejects.toThrow(
      'reference.json: covariance must be 2 rows of 2 numbers, got [[1]]',
    );
  });
});

describe('the shipped model', () => {
  it('has every file that its manifest names', async () => {
    const manifest = await loadManifest();
    const segments = Object.values(manifest.segments);
    const byToken = segments.flatMap((segment) => segment.byToken ?? []);
    const graphs = [...segments, ...byToken, manifest.classifier, manifest.reference];
    const missing = graphs.filter(({ file }) => !existsSync(join(demoModelDirectory(), file)));
    expect(missing).toEqual([]);
    expect(segments).toHaveLength(3 + 2 * manifest.config.depth);
    expect(byToken).toHaveLength(manifest.config.depth);
    expect(manifest.classNames).toHaveLength(manifest.nullClass);
  });

  it('costs what its segments cost', async () => {
    const { flopsPerSample, segments } = await loadManifest();
    const sum = Object.values(segments).reduce(
      (total, { flopsPerSample: cost }) => total + cost,
      0,
    );
    expect(flopsPerSample).toBe(sum);
  });

  it('has statistics of its classifier features', async () => {
    const manifest = await loadManifest();
    const { mean, covariance } = await loadReferenceStatistics(manifest);
    expect([mean.length, covariance.length]).toEqual([
      manifest.reference.featureSize,
      manifest.reference.featureSize,
    ]);
  });
});
