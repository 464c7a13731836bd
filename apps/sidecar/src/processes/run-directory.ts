import { constants } from 'node:fs';
import { access, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The process id in the name says whether anybody still needs the directory. */
const NAME = /^forecache-run-(\d+)-\w+$/;

/**
 * A fresh private directory for sockets, logs and the sidecar's shared memory, all of which goes with it. On tmpfs
 * where there is one. Directories that killed processes of this user left behind are removed on the way.
 */
export async function makeRunDirectory(): Promise<string> {
  const parent = await sharedMemoryParent();
  await removeStale(parent);
  return mkdtemp(join(parent, `forecache-run-${process.pid}-`));
}

async function sharedMemoryParent(): Promise<string> {
  return access('/dev/shm', constants.W_OK | constants.X_OK).then(
    () => '/dev/shm',
    () => tmpdir(),
  );
}

async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const directory = join(parent, name);
    const isOurs = await lstat(directory).then(
      (entry) => entry.isDirectory() && entry.uid === process.getuid?.(),
      () => false,
    );
    if (isOurs) await rm(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
