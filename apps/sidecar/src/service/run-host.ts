import {
  abortError,
  throwIfAborted,
  type CallOutput,
  type Combine,
  type Forward,
  type Forwarded,
  type HostRun,
  type Measure,
  type ModelHost,
  type PlacedTensor,
  type RequestOptions,
  type RunCall,
  type Scalars,
  type SharedRegion,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { Clock } from './clock.js';
import { withLinkedSignal } from './linked-signal.js';
import type { RunFile } from './run-file.js';

/** A model host with the facts that the port does not know. */
export interface HostLink {
  readonly host: ModelHost;
  /** For messages: `unix:/run/host.sock`, `127.0.0.1:50052`, `embedded`. */
  readonly address: string;
  /** Whether the host can open files of the sidecar's shared directory. */
  readonly sharesFiles: boolean;
}

/** An open run on a model host: errors name the host's address, waiting is counted, every request ends. */
export interface RunHost {
  readonly address: string;
  forward(request: Forward, signal: AbortSignal): Promise<Forwarded>;
  combine(request: Combine, signal: AbortSignal): Promise<PlacedTensor>;
  measure(request: Measure, signal: AbortSignal): Promise<Scalars>;
  runCall(request: RunCall, signal: AbortSignal): Promise<CallOutput>;
  end(): Promise<void>;
}

export interface RunHostOptions {
  readonly link: HostLink;
  readonly hostRun: HostRun;
  /** The run's shared file; null when its tensors travel inline. */
  readonly file: RunFile | null;
  readonly clock: Clock;
  /** Longest wait for one answer. */
  readonly hostTimeoutMs: number;
  onWaited(durationMs: number): void;
}

/** Wraps a host's run. Regions pass through by name to a host that shares files, as bytes to another. */
export function createRunHost(options: RunHostOptions): RunHost {
  const { link, hostRun, clock } = options;
  const file = link.sharesFiles ? null : options.file;

  async function ask<T>(
    signal: AbortSignal,
    request: (options: RequestOptions) => Promise<T>,
  ): Promise<T> {
    const startMs = clock.nowMs();
    try {
      return await askHost(link, { signal, timeoutMs: options.hostTimeoutMs }, request);
    } finally {
      options.onWaited(clock.nowMs() - startMs);
    }
  }

  return {
    address: link.address,
    async forward(request, signal) {
      const sent = {
        ...request,
        input: localInput(request.input, file),
        output: sentRegion(request.output, file),
      };
      const forwarded = await ask(signal, (rest) => hostRun.forward(sent, rest));
      return { ...forwarded, output: placeOutput(forwarded.output, request.output, file) };
    },
    async combine(request, signal) {
      const sent = { ...request, output: sentRegion(request.output, file) };
      const combined = await ask(signal, (rest) => hostRun.combine(sent, rest));
      return placeOutput(combined, request.output, file);
    },
    async measure(request, signal) {
      const sent = { ...request, input: localTensor(request.input, file) };
      return ask(signal, (rest) => hostRun.measure(sent, rest));
    },
    async runCall(request, signal) {
      const sent = {
        ...request,
        input: localInput(request.input, file),
        output: sentRegion(request.output, file),
      };
      const result = await ask(signal, (rest) => hostRun.runCall(sent, rest));
      return { ...result, output: placeOutput(result.output, request.output, file) };
    },
    end: () => ask(new AbortController().signal, () => hostRun.end()),
  };
}

/** How long one request to a host may take. */
export interface HostPatience {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** One request to a host; whatever goes wrong names the host's address, and the wait always ends. */
export async function askHost<T>(
  link: HostLink,
  patience: HostPatience,
  request: (options: RequestOptions) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs } = patience;
  try {
    return await withLinkedSignal([signal], async (controller) => {
      const timer = setTimeout(() => controller.abort(tooLate(timeoutMs)), timeoutMs);
      try {
        throwIfAborted(controller.signal);
        const aborted = rejectOnAbort(controller.signal);
        return await Promise.race([request({ signal: controller.signal }), aborted]);
      } finally {
        clearTimeout(timer);
      }
    });
  } catch (error) {
    throw nameHost(link, error);
  }
}

function tooLate(timeoutMs: number): ForecastError {
  return new ForecastError('deadline-exceeded', `no answer within ${timeoutMs} ms`);
}

/** Ends the wait even when a host does not heed its signal. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(abortError(signal)), { once: true });
  });
}

function nameHost({ address }: HostLink, error: unknown): ForecastError {
  const code = error instanceof ForecastError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  const host = message.includes(address) ? 'model host' : `model host ${address}`;
  return new ForecastError(code, `${host}: ${message}`, { cause: error });
}

function localInput(input: PlacedTensor | null, file: RunFile | null): PlacedTensor | null {
  return input === null ? null : localTensor(input, file);
}

/** A tensor as the host can open it. `file` is null when it opens regions itself. */
function localTensor(tensor: PlacedTensor, file: RunFile | null): PlacedTensor {
  if (tensor.place !== 'region' || file === null) return tensor;
  const { dtype, shape, region } = tensor;
  return { dtype, shape, place: 'inline', bytes: file.read(region) };
}

function sentRegion(output: SharedRegion | null, file: RunFile | null): SharedRegion | null {
  return file === null ? output : null;
}

function placeOutput(
  output: PlacedTensor,
  region: SharedRegion | null,
  file: RunFile | null,
): PlacedTensor {
  if (region === null || file === null || output.place !== 'inline') return output;
  file.write(region, output.bytes);
  return { dtype: output.dtype, shape: output.shape, place: 'region', region };
}
