import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

import { ForecastError, invalidArgument } from '@forecache/core';
import { Server, ServerCredentials } from '@grpc/grpc-js';

import { systemErrorCode } from '../shared-memory/file-system.js';
import { parseAddress } from './address.js';

/** Default of `maxMessageBytes`: 512 MiB. */
export const DEFAULT_MAX_MESSAGE_BYTES = 512 * 2 ** 20;

/** Default of `keepaliveMs`. */
export const DEFAULT_KEEPALIVE_MS = 60_000;

/** How long a silent peer may take to answer a keepalive ping. */
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** What `createGrpcServer` takes. */
export interface GrpcServerOptions {
  /** Largest message received, in bytes. Default 512 MiB. */
  readonly maxMessageBytes?: number;
  /** Time after which a silent connection is pinged, so that vanished clients are noticed. Default 60,000. */
  readonly keepaliveMs?: number;
}

/**
 * A gRPC server that knows how to bind. Add services to `server` before binding. Its HTTP/2 receive window is
 * Node's default: this version of grpc-js has an option for it on clients only.
 */
export interface GrpcServer {
  readonly server: Server;
  /**
   * Listens on `unix:/path` or `host:port` and returns the address with the real port. A socket file that
   * nobody listens on is removed; a live one is refused. Socket files are for this user only (0600).
   */
  bind(address: string): Promise<string>;
  /** Stops accepting, waits for open calls at most `graceMs`, then cancels them. */
  close(graceMs: number): Promise<void>;
}

/** A server without services. */
export function createGrpcServer(options: GrpcServerOptions = {}): GrpcServer {
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES, keepaliveMs = DEFAULT_KEEPALIVE_MS } =
    options;
  assertAtLeastOne('maxMessageBytes', maxMessageBytes);
  assertAtLeastOne('keepaliveMs', keepaliveMs);
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  });
  return {
    server,
    bind: (address) => bind(server, address),
    close: (graceMs) => close(server, graceMs),
  };
}

async function bind(server: Server, address: string): Promise<string> {
  const parsed = parseAddress(address);
  if (parsed.kind === 'tcp') return `${parsed.host}:${await listen(server, address)}`;
  await removeStaleSocket(parsed.path);
  await listen(server, address);
  await chmod(parsed.path, 0o600);
  return address;
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) return resolve(port);
      const message = `cannot listen on ${address}: ${error.message}`;
      reject(new ForecastError('unavailable', message, { cause: error }));
    });
  });
}

async function removeStaleSocket(path: string): Promise<void> {
  const entry = await lstat(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (entry === null) return;
  if (!entry.isSocket()) {
    const message = `cannot listen on unix:${path}: the file there is not a socket`;
    throw new ForecastError('already-exists', message);
  }
  if (await isLive(path)) {
    const message = `cannot listen on unix:${path}: another process listens there`;
    throw new ForecastError('already-exists', message);
  }
  await unlink(path);
}

function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(systemErrorCode(error) !== 'ECONNREFUSED'));
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function assertAtLeastOne(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw invalidArgument(name, 'an integer >= 1', value);
}
