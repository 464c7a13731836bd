import { invalidArgument } from '@forecache/core';

/** Longest path of a Unix socket, in bytes: `sun_path` less its NUL. */
export const MAX_SOCKET_PATH_BYTES = 107;

const HOST_AND_PORT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})$/;

/** Where a gRPC server listens. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Reads `unix:/path` or `host:port`. */
export function parseAddress(address: string): Address {
  if (address.startsWith('unix:')) return unixAddress(address, address.slice('unix:'.length));
  const [, host, digits] = HOST_AND_PORT.exec(address) ?? [];
  const port = Number(digits);
  if (host !== undefined && port <= 65535) return { kind: 'tcp', host, port };
  throw invalidArgument('address', 'unix:/path or host:port', address);
}

function unixAddress(address: string, path: string): Address {
  if (!path.startsWith('/') || path.startsWith('//') || path.includes('\0')) {
    throw invalidArgument('address', 'unix:/path or host:port', address);
  }
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return { kind: 'unix', path };
  const rule = `at most ${MAX_SOCKET_PATH_BYTES} bytes long`;
  throw invalidArgument('the path of a Unix socket', rule, bytes);
}
