import { ForecastError, invalidArgument } from '@forecache/core';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type {
  CallOptions,
  ChannelCredentials,
  ClientDuplexStream,
  ClientReadableStream,
} from '@grpc/grpc-js';

import { abortError, throwIfAborted } from './abort.js';
import { parseAddress } from './address.js';
import { fromServiceError } from './status.js';

/** Default of `deadlineMs`. */
export const DEFAULT_DEADLINE_MS = 30_000;

/** HTTP/2 window of a stream and of the connection: features are large. */
export const FLOW_CONTROL_WINDOW_BYTES = 8 * 2 ** 20;

/** What every client in this package takes. */
export interface RpcChannelOptions {
  /** `unix:/path` or `host:port`. */
  readonly address: string;
  /** A request without an answer after this time fails with `deadline-exceeded`. Default 30,000. */
  readonly deadlineMs?: number;
  /** Largest message sent or received, in bytes. Default: no limit. */
  readonly maxMessageBytes?: number;
  /** Default: none, as on one machine. */
  readonly credentials?: ChannelCredentials;
}

/** A method as the loaded service definition has it. */
export interface RpcMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (message: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** A server and how long it may take to answer. */
export interface ServerPatience {
  readonly address: string;
  readonly deadlineMs: number;
}

/** A connection to one server. Every error is a `ForecastError`. */
export interface RpcChannel extends ServerPatience {
  /** Sends one message and gets one. `decode` errors are the server's fault: `internal`. */
  unary<Request, Response, Result>(
    method: RpcMethod<Request, Response>,
    request: Request,
    options: UnaryOptions<Response, Result>,
  ): Promise<Result>;
  serverStream<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
  ): ClientReadableStream<Response>;
  duplex<Request, Response>(
    method: RpcMethod<Request, Response>,
  ): ClientDuplexStream<Request, Response>;
  close(): void;
}

/** How one unary call is made. */
export interface UnaryOptions<Response, Result> {
  readonly decode: (response: Response) => Result;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a channel; the connection is made with the first call. */
export function createRpcChannel(options: RpcChannelOptions): RpcChannel {
  const { address, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  assertAtLeastOne('deadlineMs', deadlineMs);
  const client = createClient(options);
  return {
    address,
    deadlineMs,
    async unary(method, request, { decode, signal }) {
      throwIfAborted(signal);
      const response = await new Promise<Parameters<typeof decode>[0]>((resolve, reject) => {
        const callOptions: CallOptions = { deadline: Date.now() + deadlineMs };
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          new Metadata(),
          callOptions,
          (error, message) => {
            signal?.removeEventListener('abort', cancel);
            if (signal?.aborted === true) return reject(abortError(signal));
            if (error !== null)
              return reject(callError(error, method.path, { address, deadlineMs }));
            if (message === undefined) return reject(noMessage(method.path));
            resolve(message);
          },
        );
        const cancel = () => call.cancel();
        signal?.addEventListener('abort', cancel, { once: true });
      });
      return decodeAnswer(method.path, () => decode(response));
    },
    serverStream: (method, request) =>
      client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
      ),
    duplex: (method) =>
      client.makeBidiStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
      ),
    close: () => client.close(),
  };
}

/** Runs a decoder on a server's answer; what it rejects is the server's fault. */
export function decodeAnswer<Result>(path: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    const reason = error instanceof ForecastError ? error.message : 'it cannot be read';
    throw new ForecastError('internal', `answer of ${methodName(path)}: ${reason}`, {
      cause: error,
    });
  }
}

function createClient(options: RpcChannelOptions): Client {
  parseAddress(options.address);
  const { maxMessageBytes = -1 } = options;
  if (options.maxMessageBytes !== undefined) assertAtLeastOne('maxMessageBytes', maxMessageBytes);
  return new Client(options.address, options.credentials ?? credentials.createInsecure(), {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
}

/** What a call or stream failed with; a server that is gone or silent is named. */
export function callError(error: unknown, path: string, server: ServerPatience): ForecastError {
  const translated = fromServiceError(error);
  const { code } = translated;
  if (code === 'deadline-exceeded') return noAnswer(path, server, error);
  if (code !== 'unavailable') return translated;
  const message = `${methodName(path)}: ${server.address} is unavailable: ${translated.message}`;
  return new ForecastError(code, message, { cause: error });
}

/** What a request fails with that the server did not answer in time. */
export function noAnswer(path: string, server: ServerPatience, cause?: unknown): ForecastError {
  const { address, deadlineMs } = server;
  const message = `${methodName(path)}: no answer from ${address} within ${deadlineMs} ms`;
  return new ForecastError('deadline-exceeded', message, { cause });
}

function noMessage(path: string): ForecastError {
  return new ForecastError('internal', `answer of ${methodName(path)}: it has no message`);
}

function methodName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function assertAtLeastOne(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw invalidArgument(name, 'an integer >= 1', value);
}
