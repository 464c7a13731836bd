import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSharedDirectory, float32Tensor, float32View } from '@forecache/adapters';
import { createInlineRoute, createSharedRoute, sharedBytesFor } from './tensor-route.js';

const three = { dtype: 'float32', shape: [3] } as const;
const tensors = [
  { name: 'input', type: three },
  { name: 'output', type: three },
];

describe('createInlineRoute', () => {
  it('carries tensors inside messages', () => {
    const route = createInlineRoute();
    const sent = route.send('input', float32Tensor([3], Float32Array.of(1, 2, 3)));
    expect(route.target('output')).toBeNull();
    expect([...float32View(route.receive('output', sent))]).toEqual([1, 2, 3]);
    route.close();
  });
});

describe('createSharedRoute', () => {
  const parent = mkdtempSync(join(tmpdir(), 'tensor-route-'));
  afterAll(() => rmSync(parent, { recursive: true }));

  it('gives every tensor its own cache-line aligned region', () => {
    // 12 bytes each, padded to 64
    expect(sharedBytesFor(tensors)).toBe(128);
    expect(sharedBytesFor([])).toBe(0);
  });

  it('carries tensors through the file and reuses one buffer per name', async () => {
    const directory = createSharedDirectory({ parent, limitBytes: 4096 });
    await directory.create('run-1', sharedBytesFor(tensors));
    const route = createSharedRoute({ directory: directory.path, name: 'run-1' }, tensors);
    const sent = route.send('input', float32Tensor([3], Float32Array.of(1, 2, 3)));
    expect(sent).toMatchObject({
      place: 'region',
      region: { name: 'run-1', offset: 0, byteLength: 12 },
    });
    expect(route.target('output')).toEqual({ name: 'run-1', offset: 64, byteLength: 12 });
    const first = route.receive('input', sent);
    route.send('input', float32Tensor([3], Float32Array.of(4, 5, 6)));
    expect(route.receive('input', sent).bytes).toBe(first.bytes);
    expect([...float32View(first)]).toEqual([4, 5, 6]);
    route.close();
    directory.dispose();
  });
});
