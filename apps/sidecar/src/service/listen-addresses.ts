import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '@forecache/adapters';
import { ForecastError, invalidArgument } from '@forecache/core';

const LOOPBACK = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;

/** Whether only this machine reaches an address: a Unix socket or a loopback interface. */
export function isLocalAddress(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed.kind === 'unix' || LOOPBACK.test(parsed.host);
}

/**
 * Throws for an address that other machines reach. The service has no authentication and no encryption, so
 * whoever reaches it can run the model and read every tensor; that has to be somebody's decision.
 */
export function assertLocalAddress(name: string, address: string): void {
  if (isLocalAddress(address)) return;
  throw invalidArgument(
    name,
    'a Unix socket or a loopback address (there is no authentication; allow others with ' +
      '--insecure-non-loopback)',
    address,
  );
}

/** The environment, as far as the place of sockets depends on it. */
export interface RuntimeEnvironment {
  readonly [name: string]: string | undefined;
}

/**
 * A private directory for sockets: `$XDG_RUNTIME_DIR/forecache`, or one named for this user where there is
 * no runtime directory. Refuses a directory that is a link, or that others own or can enter.
 */
export function runtimeDirectory(env: RuntimeEnvironment): string {
  const user = process.getuid?.() ?? 0;
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const path = runtime === '' ? join(tmpdir(), `forecache-${user}`) : join(runtime, 'forecache');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const entry = lstatSync(path);
  if (entry.isDirectory() && entry.uid === user && (entry.mode & 0o077) === 0) return path;
  throw new ForecastError(
    'failed-precondition',
    `the runtime directory must be a directory of this user with mode 700, see ${path}`,
  );
}
