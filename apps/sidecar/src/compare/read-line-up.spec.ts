import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLineUp } from './read-line-up.js';

const directory = mkdtempSync(join(tmpdir(), 'forecache-line-up-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'rows.json');

function read(content: unknown) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readLineUp(file);
}

describe('readLineUp', () => {
  it('reads labels, methods and policies as text', async () => {
    const row = { label: 'a', method: 'm', policy: 'taylorseer(interval=4)@output' };
    expect(await read({ entries: [row, { policy: 'fora' }] })).toEqual([
      {
        label: 'a',
        method: 'm',
        policy: { name: 'taylorseer', options: { interval: '4' } },
        granularity: 'output',
      },
      { label: 'fora', method: 'fora', policy: { name: 'fora', options: {} } },
    ]);
  });

  it.each([
    ['no JSON', `lineup must be a JSON file, got "${file}"`],
    [[], `lineup must be a file with {"entries": [...]}, got "${file}"`],
    [{ entries: [1] }, `${file}: entries[0] must be an object, got "1"`],
    [{ entries: [{}] }, `${file}: entries[0].policy must be a text, got undefined`],
    [{ entries: [{ policy: '' }] }, `${file}: entries[0].policy must be a text, got "\\"\\""`],
    [
      { entries: [{ policy: 'fora', lable: 'x' }] },
      `${file}: entries[0] must be label, method and policy, got "lable"`,
    ],
    [
      { entries: [{ policy: 'fora(3)' }] },
      `${file}: entries[0]: option of fora must be name=value, got "3"`,
    ],
  ])('rejects %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('says which file is missing', async () => {
    await expect(readLineUp(join(directory, 'none.json'))).rejects.toThrow(
      `lineup ${join(directory, 'none.json')} cannot be read`,
    );
  });
});
