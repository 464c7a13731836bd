import { gramFromTriangle, invalidArgument, type TrajectoryGram } from '@forecache/core';

import type { RunPlan } from '../cache-client/cache-client.js';
import type { FindSchedulesRequest__Output } from '../gen/forecache/v1/FindSchedulesRequest.js';
import type { FindSchedulesResponse } from '../gen/forecache/v1/FindSchedulesResponse.js';
import type { FitWeightsRequest__Output } from '../gen/forecache/v1/FitWeightsRequest.js';
import type { FitWeightsResponse } from '../gen/forecache/v1/FitWeightsResponse.js';
import type { SamplerResponse__Output } from '../gen/forecache/v1/SamplerResponse.js';
import type { TrajectoryGram__Output } from '../gen/forecache/v1/TrajectoryGram.js';
import { decodeFinite, required } from './fields.js';
import { encodeRunPlan } from './plan-messages.js';

/** Mirrors `FindSchedulesRequest`. */
export interface FindSchedules {
  readonly runs: readonly TrajectoryGram[];
  /** `[calls + 1][calls]`. */
  readonly response: { readonly rows: readonly (readonly number[])[] };
  readonly fullCalls: number;
  /** Null: the sidecar's own. */
  readonly history: number | null;
  /** Empty: errors neither grow nor shrink. */
  readonly growth: readonly number[];
}

/** Mirrors `FitWeightsRequest`. */
export interface FitWeights {
  readonly walks: readonly TrajectoryGram[];
  /** `[calls + 1][calls]`. */
  readonly response: { readonly rows: readonly (readonly number[])[] };
  readonly fullCalls: readonly number[];
  /** Empty: call indices. */
  readonly positions: readonly number[];
  /** Null: chosen by leaving runs out. */
  readonly history: number | null;
  /** Null: chosen by leaving runs out. */
  readonly ridge: number | null;
}

/** Mirrors `FitWeightsResponse`. */
export interface WeightsFound {
  readonly plan: RunPlan;
  readonly history: number;
  readonly ridge: number;
  readonly predictedError: number;
  readonly heldOutError: number;
  /** Empty before the first walk. */
  readonly growth: readonly number[];
}

/** A search from the wire; sizes are checked before anything is copied. */
export function decodeFindSchedules(message: FindSchedulesRequest__Output): FindSchedules {
  return {
    runs: decodeGrams(message.runs, 'runs'),
    response: decodeResponse(message.response),
    fullCalls: message.fullCalls,
    history: message.history === 0 ? null : message.history,
    growth: decodeFinite(message.growth, 'growth'),
  };
}

/** A fit from the wire; sizes are checked before anything is copied. */
export function decodeFitWeights(message: FitWeightsRequest__Output): FitWeights {
  return {
    walks: decodeGrams(message.walks, 'walks'),
    response: decodeResponse(message.response),
    fullCalls: message.fullCalls,
    positions: decodeFinite(message.positions, 'positions'),
    history: message.history === 0 ? null : message.history,
    ridge: message._ridge === undefined ? null : (message.ridge ?? null),
  };
}

/** The message of a front. */
export function encodeSchedules(
  schedules: readonly { readonly fullCalls: readonly number[]; readonly predictedDrift: number }[],
): FindSchedulesResponse {
  return {
    schedules: schedules.map(({ fullCalls, predictedDrift }) => {
      return { fullCalls: [...fullCalls], predictedDrift };
    }),
  };
}

/** The message of fitted weights. */
export function encodeWeightsFound({ plan, ...found }: WeightsFound): FitWeightsResponse {
  return { ...found, growth: [...found.growth], plan: encodeRunPlan(plan) };
}

function decodeGrams(messages: readonly TrajectoryGram__Output[], name: string): TrajectoryGram[] {
  return messages.map(({ size, products }, i) =>
    gramFromTriangle(`${name}[${i}].products`, products, size),
  );
}

function decodeResponse(message: SamplerResponse__Output | null): FitWeights['response'] {
  const { calls, coefficients } = required(message, 'response');
  const count = (calls + 1) * calls;
  if (coefficients.length !== count) {
    const rule = `(calls + 1) calls with calls ${calls} (${count})`;
    throw invalidArgument('response.coefficients.length', rule, coefficients.length);
  }
  decodeFinite(coefficients, 'response.coefficients');
  const row = (s: number) => coefficients.slice(s * calls, (s + 1) * calls);
  return { rows: Array.from({ length: calls + 1 }, (_, s) => row(s)) };
}
