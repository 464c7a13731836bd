import * as fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SharedFileSystem } from './file-system.js';
import { createSharedDirectory } from './shared-directory.js';
import type { SharedDirectory } from './shared-directory.js';
import { assertSharedDirectory, openSharedFile } from './shared-file.js';

let parent: string;
let directory: SharedDirectory;

beforeEach(async () => {
  parent = fs.mkdtempSync(join(tmpdir(), 'shared-file-'));
  directory = createSharedDirectory({ parent, limitBytes: 1000 });
  await directory.create('run-1', 16);
});

afterEach(() => {
  directory.dispose();
  fs.rmSync(parent, { recursive: true });
});

function region(offset: number, byteLength: number) {
  return { name: 'run-1', offset, byteLength };
}

describe('the user side of shared memory', () => {
  it('what one opener writes, another reads', () => {
    const writer = openSharedFile(directory.path, 'run-1');
    const reader = openSharedFile(directory.path, 'run-1');
    writer.write(region(4, 3), Uint8Array.of(1, 2, 3));
    const target = new Uint8Array(5);
    reader.read(region(3, 5), target);
    expect([...target]).toEqual([0, 1, 2, 3, 0]);
    writer.close();
    reader.close();
  });

  it('a region may end at the last byte and not after it', () => {
    const file = openSharedFile(directory.path, 'run-1');
    file.read(region(0, 16), new Uint8Array(16));
    expect(() => file.read(region(1, 16), new Uint8Array(16))).toThrow(
      "region run-1: offset + byte_length must be <= the file's 16 bytes, got 17",
    );
    expect(() => file.write(region(16, 1), new Uint8Array(1))).toThrow(
      "region run-1: offset + byte_length must be <= the file's 16 bytes, got 17",
    );
    expect(() => file.read(region(0, 4), new Uint8Array(5))).toThrow(
      'region run-1 must be 5 bytes long, got 4',
    );
    file.close();
  });

  it('a file that a peer has cut is an error, not a crash', () => {
    const file = openSharedFile(directory.path, 'run-1');
    fs.truncateSync(join(directory.path, 'run-1'), 4);
    expect(() => file.read(region(0, 16), new Uint8Array(16))).toThrow(
      "region run-1: offset + byte_length must be <= the file's 4 bytes, got 16",
    );
    file.close();
  });

  it('a file that is cut after it was read is an error to read and to write, and stays cut', () => {
    const path = join(directory.path, 'run-1');
    const file = openSharedFile(directory.path, 'run-1');
    file.read(region(0, 16), new Uint8Array(16));
    fs.truncateSync(path, 4);
    const message = "region run-1: offset + byte_length must be <= the file's 4 bytes, got 16";
    expect(() => file.read(region(0, 16), new Uint8Array(16))).toThrow(message);
    expect(() => file.read(region(8, 8), new Uint8Array(8))).toThrow(message);
    expect(() => file.write(region(8, 8), new Uint8Array(8))).toThrow(message);
    expect(fs.statSync(path).size).toBe(4);
    file.close();
  });

  it('reads ask for the size of the file once', () => {
    let asked = 0;
    const fstatSync = (descriptor: number) => {
      asked += 1;
      return fs.fstatSync(descriptor);
    };
    const file = openSharedFile(directory.path, 'run-1', { ...fs, fstatSync });
    asked = 0;
    for (let i = 0; i < 3; i++) file.read(region(0, 16), new Uint8Array(16));
    expect(asked).toBe(1);
    file.close();
  });

  it('a file that is cut between check and read is an error too', () => {
    const files: SharedFileSystem = { ...fs, readSync: () => 0 };
    const file = openSharedFile(directory.path, 'run-1', files);
    expect(() => file.read(region(2, 4), new Uint8Array(4))).toThrow(
      'shared memory run-1: cut to 2 bytes while it was read',
    );
    file.close();
  });

  it('short reads and writes are completed', () => {
    const files: SharedFileSystem = {
      ...fs,
      readSync: (descriptor, target, ...[offset, , position]) =>
        fs.readSync(descriptor, target, offset, 1, position),
      writeSync: (descriptor, bytes, ...[offset, , position]) =>
        fs.writeSync(descriptor, bytes, offset, 1, position),
    };
    const file = openSharedFile(directory.path, 'run-1', files);
    file.write(region(0, 3), Uint8Array.of(7, 8, 9));
    const target = new Uint8Array(3);
    file.read(region(0, 3), target);
    expect([...target]).toEqual([7, 8, 9]);
    file.close();
  });
});

describe('openSharedFile refuses', () => {
  it.each(['/etc', '/dev/shm', '', 'relative/forecache-0123456789abcdef', '/tmp/forecache-x'])(
    'the directory %j',
    (path) => {
      expect(() => openSharedFile(path, 'passwd')).toThrow();
    },
  );

  it.each(['/etc', '/tmp/../etc/forecache-0123456789abcdef', 'forecache-0123456789abcdef'])(
    'a run with the directory %j',
    (path) => {
      expect(() => assertSharedDirectory('shared_directory', path)).toThrow(
        `shared_directory must be the absolute path of a directory named forecache-*, got ${JSON.stringify(path)}`,
      );
    },
  );

  it('names that are paths', () => {
    expect(() => openSharedFile(directory.path, '../secret')).toThrow(
      'name must be a file name of 1 to 64 characters of [a-z0-9-], got "../secret"',
    );
  });

  it('a file that does not exist', () => {
    expect(() => openSharedFile(directory.path, 'nothing')).toThrow(
      'shared memory nothing does not exist',
    );
  });

  it('a link, which may lead anywhere', () => {
    const secret = join(parent, 'secret');
    fs.writeFileSync(secret, 'secret');
    fs.symlinkSync(secret, join(directory.path, 'link'));
    expect(() => openSharedFile(directory.path, 'link')).toThrow(
      'shared memory link cannot be opened: ELOOP',
    );
  });

  it('a directory that is a link', () => {
    const link = join(parent, 'forecache-0123456789abcdef');
    fs.symlinkSync(directory.path, link);
    expect(() => openSharedFile(link, 'run-1')).toThrow(
      'shared memory run-1 cannot be opened: its directory is a link',
    );
  });

  it('a directory and a pipe', () => {
    fs.mkdirSync(join(directory.path, 'folder'));
    execFileSync('mkfifo', [join(directory.path, 'pipe')]);
    expect(() => openSharedFile(directory.path, 'folder')).toThrow(
      'shared memory folder cannot be opened: EISDIR',
    );
    expect(() => openSharedFile(directory.path, 'pipe')).toThrow(
      'shared memory pipe cannot be opened: it is not a regular file',
    );
  });
});
