import { innerProduct } from '@forecache/core';
import { finalSteps } from './sampler-response.js';
import type { FittedSchedule, WalkFitter, WalkGram } from './walk-fit.js';

/**
 * How much the network itself makes of an error: growth[s] is the factor by which what moves the sample before call s has
 * grown at the end of the run. 1 at the end.
 *
 * Measured on a walk, from inner products alone: at a full call c the walk's output F_c differs from the full run's v*_c
 * because the sample does. With D_c what the walk's errors before c move the final sample by, one call multiplies the error
 * by 1 + h_c ⟨F_c - v*_c, D_c⟩ / ‖D_c‖² in its own direction. Rates between full calls are interpolated.
 */
export function errorGrowth(
  { response, fullCalls }: FittedSchedule,
  fitter: WalkFitter,
  gram: WalkGram,
): readonly number[] {
  const steps = finalSteps(response);
  const calls = steps.length;
  const rates = fullCalls.flatMap((call, k) => {
    const rate = growthRate(gram, fitter.drift(call), { call, own: calls + k });
    return rate === null ? [] : [{ call, rate }];
  });
  const growth = new Array<number>(calls + 1).fill(1);
  for (let call = calls - 1; call >= 0; call--) {
    const factor = Math.abs(1 + (steps[call] ?? NaN) * interpolated(rates, call));
    growth[call] = (growth[call + 1] ?? NaN) * factor;
  }
  return growth;
}

interface MeasuredRate {
  readonly call: number;
  readonly rate: number;
}

/** ⟨F_c - v*_c, D⟩ / ‖D‖²; null where nothing was off yet. */
function growthRate(
  { products }: WalkGram,
  drift: readonly number[],
  { call, own }: { readonly call: number; readonly own: number },
): number | null {
  const carried = products.map((row) => innerProduct(row, drift));
  const squared = innerProduct(drift, carried);
  return squared > 0 ? ((carried[own] ?? NaN) - (carried[call] ?? NaN)) / squared : null;
}

/** Linear between measured calls, constant beyond them; 0 without any. */
function interpolated(rates: readonly MeasuredRate[], call: number): number {
  const after = rates.find((measured) => measured.call >= call);
  const before = rates.findLast((measured) => measured.call <= call);
  if (before === undefined) return after?.rate ?? 0;
  if (after === undefined || after.call === before.call) return before.rate;
  const share = (call - before.call) / (after.call - before.call);
  return before.rate + share * (after.rate - before.rate);
}
