import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { callOf, openRun } from '../../conformance/conformance-run.js';
import { createOnnxModelHost } from './onnx-model-host.js';

const DEMO_MODEL = fileURLToPath(new URL('../../../../demo-model/model', import.meta.url));

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'onnx-model-host-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function manifest(): Record<string, unknown> {
  const parsed: unknown = JSON.parse(readFileSync(join(DEMO_MODEL, 'manifest.json'), 'utf8'));
  return parsed as Record<string, unknown>;
}

function segments(): object {
  return manifest()['segments'] as object;
}

function writeManifest(change: object): void {
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ ...manifest(), ...change }));
}

describe('the ONNX model host', () => {
  it('describes the demo model with the costs of its manifest', async () => {
    const host = await createOnnxModelHost({ directory: DEMO_MODEL });
    const { model, sites, input } = await host.describe();
    expect(model).toBe('demo');
    expect(input).toEqual({ dtype: 'float32', shape: [1, 28, 28] });
    expect(sites).toHaveLength(2 + 16 + 4);
    const flops = sites.reduce((sum, site) => sum + site.flops, 0);
    expect(flops).toBe(manifest()['flopsPerSample']);
    await host.close();
  });

  it('every number of threads gives the same network, to rounding', async () => {
    const outputs = [];
    for (const intraOpThreads of [1, 2]) {
      const host = await createOnnxModelHost({ directory: DEMO_MODEL, intraOpThreads });
      const open = await openRun(host);
      const { output } = await open.run.runCall(callOf(open));
      if (output.place !== 'inline') throw new Error('expected inline');
      const { buffer, byteOffset } = output.bytes;
      outputs.push(new Float32Array(buffer, byteOffset, output.bytes.byteLength / 4));
      await host.close();
    }
    const [one = [], two = []] = outputs;
    const distances = Array.from(one, (value, i) => Math.abs(value - (two[i] ?? NaN)));
    expect(Math.max(...distances)).toBeLessThan(1e-4);
  });
});

describe('createOnnxModelHost refuses', () => {
  it('a folder without a manifest', async () => {
    await expect(createOnnxModelHost({ directory })).rejects.toMatchObject({
      code: 'not-found',
      message: `model manifest ${join(directory, 'manifest.json')} cannot be read`,
    });
  });

  it('a manifest that is no JSON', async () => {
    writeFileSync(join(directory, 'manifest.json'), '{');
    await expect(createOnnxModelHost({ directory })).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining(
        `model manifest ${join(directory, 'manifest.json')} is wrong: `,
      ),
    });
  });

  it.each([
    ['without a configuration', { config: null }, 'config.patch is missing'],
    [
      'with half a block',
      { config: { patch: 4, depth: 1.5 } },
      'config.depth must be an integer >= 1, got 1.5',
    ],
    [
      'with a path for a file',
      { segments: { embed: { file: '../../etc/passwd', flopsPerSample: 1 } } },
      'segments.embed.file ../../etc/passwd is not a file name',
    ],
    ['without a segment', { segments: {} }, 'segments.embed.file is missing'],
    [
      'whose attention computes no chosen tokens',
      { segments: { ...segments(), 'attention-07': { file: 'a.onnx', flopsPerSample: 1 } } },
      'segments.attention-07.byToken.file is missing',
    ],
    ['without an id', { id: 7 }, 'id must be a text, got 7'],
    ['without classes', { nullClass: '10' }, 'nullClass must be an integer >= 1, got "10"'],
  ])('a manifest %s', async (_, change, reason) => {
    writeManifest(change);
    await expect(createOnnxModelHost({ directory })).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `model manifest ${join(directory, 'manifest.json')} is wrong: ${reason}`,
    });
  });

  it.each(['mlp-07.onnx', 'attention-07-by-token.onnx'])('a missing segment %s', async (file) => {
    cpSync(DEMO_MODEL, directory, { recursive: true });
    rmSync(join(directory, file));
    await expect(createOnnxModelHost({ directory })).rejects.toMatchObject({
      code: 'not-found',
      message: `model segment ${join(directory, file)} cannot be read`,
    });
  });

  it('a garbled segment', async () => {
    cpSync(DEMO_MODEL, directory, { recursive: true });
    writeFileSync(join(directory, 'embed.onnx'), 'this is no model');
    await expect(createOnnxModelHost({ directory })).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `model segment ${join(directory, 'embed.onnx')} is not a model that onnxruntime can load`,
    });
  });

  it('no threads', async () => {
    await expect(createOnnxModelHost({ directory, intraOpThreads: 0 })).rejects.toThrow(
      'intraOpThreads must be an integer >= 1, got 0',
    );
  });
});
