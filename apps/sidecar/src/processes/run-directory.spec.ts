import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeRunDirectory } from './run-directory.js';

describe('makeRunDirectory', () => {
  it('removes what dead processes left and leaves the rest alone', async () => {
    const first = await makeRunDirectory();
    const parent = dirname(first);
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const stale = join(parent, `forecache-run-${dead}-abcdef`);
    const foreign = join(parent, `forecache-run-${dead}-`);
    for (const directory of [stale, foreign]) mkdirSync(directory);
    const second = await makeRunDirectory();
    expect([first, second, stale, foreign].map((path) => existsSync(path))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(first).toContain(`forecache-run-${process.pid}-`);
    for (const directory of [first, second, foreign]) rmSync(directory, { recursive: true });
  });
});
