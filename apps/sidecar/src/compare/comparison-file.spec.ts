import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spreadOf, type ComparedRow } from '@forecache/evaluation';
import { readComparison, writeComparison } from './comparison-file.js';

const directory = mkdtempSync(join(tmpdir(), 'forecache-comparison-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'rows.json');

const row: ComparedRow = {
  key: 'k',
  label: 'Infinity',
  method: 'm',
  policy: 'p()',
  granularity: 'module',
  images: 2,
  calls: { full: 1, partial: 0, forecast: 1 },
  flops: 1,
  flopsSpeedup: 2,
  cacheBytes: 3,
  psnr: spreadOf([Infinity]),
  ssim: spreadOf([0.5, 1]),
  classAccuracy: 1,
  frechet: null,
  samplesSha256: '00',
  timing: {
    images: 1,
    batch: 1,
    mode: 'plan',
    rounds: 1,
    msPerImage: spreadOf([1]),
    speedup: spreadOf([1]),
  },
};
const record = {
  rows: [row, { ...row, psnr: null, timing: null }],
  facts: [{ name: 'a', value: 'b' }],
};

describe('a comparison file', () => {
  it('gives back what was written, infinities too', async () => {
    await writeComparison(file, record);
    expect(await readComparison('resume', file)).toEqual(record);
    expect(readFileSync(file, 'utf8')).toContain('"mean": "Infinity"');
  });

  it('leaves no draft behind', async () => {
    await writeComparison(file, record);
    expect(readdirSync(directory)).toEqual(['rows.json']);
  });

  it.each([
    ['{', `resume must be a JSON file, got "${file}"`],
    ['{}', `resume must be a file of format "forecache comparison", version 1, got "${file}"`],
    [
      { ...written(), version: 2 },
      `resume must be a file of format "forecache comparison", version 1, got "${file}"`,
    ],
    [{ ...written(), rows: {} }, `resume must be a file with rows and facts, got "${file}"`],
    [
      { ...written(), rows: [{ key: 1 }] },
      `resume ${file}: rows[0] must be a row of a comparison, got "{\\"key\\":1}"`,
    ],
    [
      { ...written(), rows: [{ ...row, psnr: { mean: 'x' } }] },
      /^resume .*: rows\[0\] must be a row of a comparison, got "\{/,
    ],
  ])('rejects other content: %j', async (content, message) => {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    await expect(readComparison('resume', file)).rejects.toThrow(message);
  });

  it('says which file is missing', async () => {
    const missing = join(directory, 'missing.json');
    await expect(readComparison('resume', missing)).rejects.toThrow(
      `resume ${missing} cannot be read`,
    );
  });
});

function written() {
  return { format: 'forecache comparison', version: 1, facts: {}, rows: [] };
}
