import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

import { systemErrorCode } from './file-system.js';
import type { SharedFileSystem } from './file-system.js';

/** Shared directories and nothing else are named so; a user side opens no other directory. */
export const DIRECTORY_NAME = /^forecache-[a-z0-9]{16}$/;

/** Holds the owner's identity. The dot keeps it out of the names that regions can have. */
const OWNER_FILE = 'owner.pid';

/** A fresh name that `DIRECTORY_NAME` accepts. */
export function randomDirectoryName(): string {
  return `forecache-${randomBytes(8).toString('hex')}`;
}

/** Notes in `directory` that this process owns it. */
export function writeOwner(directory: string, files: SharedFileSystem): void {
  const identity = processIdentity(process.pid) ?? '';
  files.writeFileSync(join(directory, OWNER_FILE), identity, { mode: 0o600, flag: 'wx' });
}

/**
 * Removes what dead processes left in `parent`. Only directories of this user, made in this process-id
 * namespace, whose owner is certainly gone; what cannot be judged is left alone.
 */
export function removeStaleDirectories(parent: string, files: SharedFileSystem): void {
  for (const name of files.readdirSync(parent)) {
    const directory = join(parent, name);
    if (DIRECTORY_NAME.test(name) && isStale(directory, files)) {
      files.rmSync(directory, { recursive: true, force: true });
    }
  }
}

function isStale(directory: string, files: SharedFileSystem): boolean {
  try {
    const entry = files.lstatSync(directory);
    if (!entry.isDirectory() || entry.uid !== process.getuid?.()) return false;
    return isGone(files.readFileSync(join(directory, OWNER_FILE), 'utf8'));
  } catch {
    return false; // Another process is creating or removing it just now.
  }
}

function isGone(identity: string): boolean {
  const [pid = '', , namespace] = identity.split(' ');
  if (!/^[1-9][0-9]*$/.test(pid) || namespace !== processNamespace()) return false;
  return processIdentity(Number(pid)) !== identity;
}

/** `pid start namespace`, or null when there is no such process. The start tells reused ids apart. */
function processIdentity(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return null;
  }
  return `${pid} ${startTime(pid)} ${processNamespace()}`;
}

/** Field 22 of `/proc/<pid>/stat`, counted after the command name; 0 where there is no `/proc`. */
function startTime(pid: number): string {
  const stat = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

function processNamespace(): string {
  return readOr('pid:[0]', () => readlinkSync('/proc/self/ns/pid'));
}

function readOr(fallback: string, read: () => string): string {
  try {
    return read();
  } catch {
    return fallback;
  }
}
