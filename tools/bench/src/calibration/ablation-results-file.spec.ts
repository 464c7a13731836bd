import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openResults } from './ablation-results-file.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'results-'));
  file = join(directory, 'rows.json');
});
afterEach(() => rm(directory, { recursive: true }));

describe('openResults', () => {
  it('measures a row once, also after the file was opened again', async () => {
    const told: string[] = [];
    const first = await openResults<number>(file, 'a', (name) => told.push(name));
    expect(await first.measured('one', async () => 1)).toBe(1);
    expect(await first.measured('one', async () => 2)).toBe(1);
    const again = await openResults<number>(file, 'a');
    expect(again.find('one')).toBe(1);
    expect(await again.measured('one', async () => 3)).toBe(1);
    expect(told).toEqual(['one']);
  });

  it('keeps rows of other kinds that were written since it was opened', async () => {
    const a = await openResults<number>(file, 'a');
    const b = await openResults<number>(file, 'b');
    await a.measured('one', async () => 1);
    await b.measured('one', async () => 2);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ a: { one: 1 }, b: { one: 2 } });
  });

  it('writes nothing where measuring fails', async () => {
    const rows = await openResults<number>(file, 'a');
    await rows.measured('one', async () => 1);
    const failing = rows.measured('two', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ a: { one: 1 } });
    expect(rows.find('two')).toBeUndefined();
  });
});
