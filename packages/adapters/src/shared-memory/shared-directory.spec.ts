import * as fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { DIRECTORY_NAME } from './directory-owner.js';
import type { SharedFileSystem } from './file-system.js';
import { createSharedDirectory } from './shared-directory.js';
import type { SharedDirectory } from './shared-directory.js';

let parent: string;
let directory: SharedDirectory;

beforeEach(() => {
  parent = fs.mkdtempSync(join(tmpdir(), 'shared-directory-'));
  directory = createSharedDirectory({ parent, limitBytes: 100 });
});

afterEach(() => {
  directory.dispose();
  fs.rmSync(parent, { recursive: true });
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: at /some/path`), { code });
}

describe('the owner side of shared memory', () => {
  it('the directory and its files are for this user only', async () => {
    await directory.create('run-1', 64);
    expect(basename(directory.path)).toMatch(DIRECTORY_NAME);
    expect(fs.statSync(directory.path).mode & 0o777).toBe(0o700);
    expect(fs.statSync(join(directory.path, 'run-1')).mode & 0o777).toBe(0o600);
  });

  it('a file has its size and is all zeros, also over several pieces', async () => {
    const big = createSharedDirectory({ parent, limitBytes: 2 ** 22 });
    await big.create('big', 2 ** 21 + 3);
    const bytes = fs.readFileSync(join(big.path, 'big'));
    expect(bytes.byteLength).toBe(2 ** 21 + 3);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(big.bytesHeld).toBe(2 ** 21 + 3);
    big.dispose();
    expect(fs.existsSync(big.path)).toBe(false);
  });

  it('the default parent takes a directory too', () => {
    const other = createSharedDirectory({ limitBytes: 0 });
    expect(fs.existsSync(other.path)).toBe(true);
    other.dispose();
  });

  it('the temporary directory is the parent where there is no /dev/shm', () => {
    const accessSync = () => {
      throw systemError('ENOENT');
    };
    const other = createSharedDirectory({ limitBytes: 0, files: { ...fs, accessSync } });
    expect(other.path.startsWith(tmpdir())).toBe(true);
    other.dispose();
  });

  it('the limit counts all files and says what is in use', async () => {
    await directory.create('a', 60);
    await expect(directory.create('b', 41)).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: 'shared memory b: need 41 bytes, the limit is 100 bytes with 60 in use',
    });
    directory.remove('a');
    await directory.create('b', 41);
    expect(directory.bytesHeld).toBe(41);
  });

  it('a full tmpfs is seen at creation, and nothing is left behind', async () => {
    let writes = 0;
    const writeSync = () => {
      writes += 1;
      if (writes === 2) throw systemError('ENOSPC');
      return 10;
    };
    const files: SharedFileSystem = { ...fs, writeSync };
    const full = createSharedDirectory({ parent, limitBytes: 100, files });
    await expect(full.create('run-1', 64)).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: 'shared memory run-1: need 64 bytes, no space left',
    });
    expect(full.bytesHeld).toBe(0);
    expect(fs.readdirSync(full.path)).toEqual(['owner.pid']);
    full.dispose();
  });

  it('another failure of the system is internal and tells no path', async () => {
    const openSync = () => {
      throw systemError('EMFILE');
    };
    const broken = createSharedDirectory({ parent, limitBytes: 100, files: { ...fs, openSync } });
    await expect(broken.create('run-1', 64)).rejects.toMatchObject({
      code: 'internal',
      message: 'shared memory run-1: EMFILE',
    });
    broken.dispose();
  });

  it('bad names, sizes and a name in use are refused', async () => {
    await directory.create('a', 1);
    await expect(directory.create('a', 1)).rejects.toThrow('shared memory a exists already');
    await expect(directory.create('../a', 1)).rejects.toThrow(
      'name must be a file name of 1 to 64 characters of [a-z0-9-], got "../a"',
    );
    await expect(directory.create('b', 0)).rejects.toThrow(
      'byteLength must be an integer in 1..2^53 - 1, got 0',
    );
    expect(() => createSharedDirectory({ parent, limitBytes: -1 })).toThrow(
      'limitBytes must be an integer >= 0, got -1',
    );
  });

  it('removing what does not exist is no error, but a path is', () => {
    directory.remove('nothing');
    expect(() => directory.remove('../x')).toThrow('name must be a file name');
  });
});

describe('directories of dead processes', () => {
  const stale = () => join(parent, 'forecache-0123456789abcdef');

  function leaveBehind(owner: string): void {
    fs.mkdirSync(stale(), { mode: 0o700 });
    fs.writeFileSync(join(stale(), 'owner.pid'), owner);
    fs.writeFileSync(join(stale(), 'run-1'), 'bytes');
  }

  function ownerOfThisProcess(): string {
    return fs.readFileSync(join(directory.path, 'owner.pid'), 'utf8');
  }

  function deadPid(): number {
    return spawnSync(process.execPath, ['-e', '']).pid;
  }

  function restart(): void {
    createSharedDirectory({ parent, limitBytes: 0 }).dispose();
  }

  it('are removed at the next start', () => {
    const [, start, namespace] = ownerOfThisProcess().split(' ');
    leaveBehind(`${deadPid()} ${start} ${namespace}`);
    restart();
    expect(fs.existsSync(stale())).toBe(false);
  });

  it('are removed when the process id has been given to another process since', () => {
    const [pid, , namespace] = ownerOfThisProcess().split(' ');
    leaveBehind(`${pid} 1 ${namespace}`);
    restart();
    expect(fs.existsSync(stale())).toBe(false);
  });

  it('stay while the owner lives', () => {
    restart();
    expect(fs.existsSync(directory.path)).toBe(true);
  });

  it.each([
    ['of another process-id namespace', '999999999 1 pid:[1]'],
    ['with a garbled owner', '../../etc 1 x'],
    ['with an empty owner', ''],
  ])('stay when they are %s', (_, owner) => {
    leaveBehind(owner);
    restart();
    expect(fs.existsSync(stale())).toBe(true);
  });

  it('stay when they have no owner file, and so do links and other names', () => {
    const target = join(parent, 'target');
    fs.mkdirSync(stale());
    fs.mkdirSync(target);
    fs.symlinkSync(target, join(parent, 'forecache-aaaaaaaaaaaaaaaa'));
    restart();
    expect(fs.existsSync(stale())).toBe(true);
    expect(fs.existsSync(target)).toBe(true);
    expect(fs.existsSync(join(parent, 'forecache-aaaaaaaaaaaaaaaa'))).toBe(true);
  });
});
