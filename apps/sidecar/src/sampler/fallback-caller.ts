import { ForecastError, type ForecastErrorCode } from '@forecache/core';
import { messageOf } from '../error-message.js';
import type { NetworkCaller } from './network-caller.js';

/** Where and why a run went on without the sidecar. */
export interface Fallback {
  /** First call that was computed in full in this process. */
  readonly callIndex: number;
  readonly reason: string;
}

/** What `withFallback` watches over. */
export interface FallbackOptions {
  readonly primary: NetworkCaller;
  /** Opens full compute in this process; asked at most once. */
  openLocal(): Promise<NetworkCaller>;
  /** Whether the sidecar still knows the run: then something behind it failed, and the user has to hear of it. */
  isRunKnown(): Promise<boolean>;
  onFallback(fallback: Fallback): void;
}

/** Codes with which a call fails when nobody is there to answer it, or somebody new who knows nothing of the run. */
const NO_ANSWER: readonly ForecastErrorCode[] = [
  'unavailable',
  'deadline-exceeded',
  'cancelled',
  'not-found',
];

/**
 * No answer means full: when the sidecar is gone, this call and all later ones are computed here. Any answered
 * error is passed on.
 */
export function withFallback(options: FallbackOptions): NetworkCaller {
  let local: NetworkCaller | null = null;
  return {
    async call(call, signal) {
      if (local !== null) return local.call(call, signal);
      try {
        return await options.primary.call(call, signal);
      } catch (error) {
        if (signal.aborted || !isNoAnswer(error) || (await options.isRunKnown())) throw error;
        options.onFallback({ callIndex: call.callIndex, reason: messageOf(error) });
        local = await options.openLocal();
        return local.call(call, signal);
      }
    },
  };
}

/** Whether an error means that nobody answered. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof ForecastError && NO_ANSWER.includes(error.code);
}
