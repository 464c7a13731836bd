import { ForecastError, invalidArgument } from '@forecache/core';

/** Every bound of the service: its name, its unit (bytes or a count) and what it protects. */
export interface ServiceLimits {
  /** Runs open at one time. */
  readonly maxRuns: number;
  /** History and shared memory of one run, in bytes. */
  readonly maxBytesPerRun: number;
  /** Shared memory of all runs together, in bytes. */
  readonly maxSharedBytes: number;
  /** One gRPC message in either direction, in bytes. A stream buffers up to 16 messages. */
  readonly maxMessageBytes: number;
  /** Calls of one run; bounds the size of a plan. */
  readonly maxCalls: number;
  /** Guidance streams of one run. */
  readonly maxBranches: number;
  /** Feature calls in one message. */
  readonly maxFeatures: number;
  /** Blocks, and modules, of a network that a client describes. */
  readonly maxSites: number;
  /** Modules of such a network times calls: the size of a plan that treats modules differently. */
  readonly maxPlanActions: number;
  /** Measured numbers of one call. */
  readonly maxScalars: number;
  /** Characters of the client's free text. */
  readonly maxClientText: number;
  /** Streams of WatchRuns at one time. */
  readonly maxWatchers: number;
  /** Events that wait for one slow watcher. */
  readonly maxWatcherQueue: number;
  /** Closed runs whose statistics are kept for a second CloseRun. */
  readonly maxClosedRuns: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** What `forecache serve` runs with when nobody says otherwise. */
export const DEFAULT_LIMITS: ServiceLimits = Object.freeze({
  maxRuns: 64,
  maxBytesPerRun: GIB,
  maxSharedBytes: 4 * GIB,
  maxMessageBytes: 64 * MIB,
  maxCalls: 10_000,
  maxBranches: 8,
  maxFeatures: 4096,
  maxSites: 4096,
  maxPlanActions: 2 ** 20,
  maxScalars: 256,
  maxClientText: 128,
  maxWatchers: 64,
  maxWatcherQueue: 1024,
  maxClosedRuns: 256,
});

/** Fills defaults and rejects a limit that is not a whole number of at least one. */
export function compileLimits(options: Partial<ServiceLimits> = {}): ServiceLimits {
  const limits = { ...DEFAULT_LIMITS, ...options };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw invalidArgument(name, 'an integer >= 1', value);
    }
  }
  return Object.freeze(limits);
}

/** What somebody asked for, in words, against one limit. */
export interface LimitedAmount {
  readonly limit: keyof ServiceLimits;
  /** Names what was asked for: `shared_bytes`, `open runs`. */
  readonly what: string;
  readonly asked: number;
}

/** Throws `resource-exhausted` naming the limit, its value and what was asked. */
export function assertWithinLimit(limits: ServiceLimits, amount: LimitedAmount): void {
  const limit = limits[amount.limit];
  if (amount.asked <= limit) return;
  throw new ForecastError(
    'resource-exhausted',
    `${amount.what} must be at most ${limit} (${amount.limit}), got ${amount.asked}`,
  );
}
