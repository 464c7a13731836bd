import type { CallWeights } from '@forecache/cache-policy';
import { forecastWeights } from '@forecache/core';
import type { CalibrationRuns } from './calibration-runs.js';
import type { FullTrajectories } from './full-trajectories.js';
import { distanceOf, type SampleDistance } from './sample-distance.js';
import { listedWeights, walkSchedule } from './walk-schedule.js';

/** The best TaylorSeer of so many full calls. */
export interface TaylorSeerRival extends SampleDistance {
  readonly fullCalls: readonly number[];
  readonly weights: readonly CallWeights[];
  /** `order 2, newton`. */
  readonly label: string;
}

/** Orders and forms of TaylorSeer that are tried: higher orders are no better on any model we have measured. */
const RULES = [
  { forecaster: 'official', order: 0 },
  { forecaster: 'official', order: 1 },
  { forecaster: 'official', order: 2 },
  { forecaster: 'newton', order: 2 },
] as const;

/** Full calls as evenly spaced as whole numbers allow, the first at 0. */
export function evenSchedule(calls: number, fullCalls: number): number[] {
  return Array.from({ length: fullCalls }, (_, i) => Math.round((i * calls) / fullCalls));
}

/** TaylorSeer on the network's output with evenly spaced full calls: what a preset must not be worse than. */
export async function bestTaylorSeer(
  runs: CalibrationRuns,
  full: FullTrajectories,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
): Promise<TaylorSeerRival> {
  const calls = full.outputs.length;
  const fullCalls = evenSchedule(calls, count);
  const rivals: TaylorSeerRival[] = [];
  for (const rule of RULES) {
    const weights = weightsOf(rule, fullCalls, calls);
    const samples = await walkSchedule(runs, listedWeights(fullCalls, weights), { signal });
    const distance = distanceOf(samples, full.samples, runs.manifest.image);
    rivals.push({
      ...distance,
      fullCalls,
      weights,
      label: `order ${rule.order}, ${rule.forecaster}`,
    });
  }
  return rivals.reduce((best, other) => (other.psnr > best.psnr ? other : best));
}

function weightsOf(
  rule: (typeof RULES)[number],
  fullCalls: readonly number[],
  calls: number,
): CallWeights[] {
  const skipped = Array.from({ length: calls }, (_, call) => call).filter(
    (call) => !fullCalls.includes(call),
  );
  return skipped.map((at) => {
    const before = fullCalls.filter((call) => call < at);
    const history = before.map((call) => ({ call, position: call }));
    return forecastWeights({ ...rule, growth: 'eager', history, at }).weights;
  });
}
