import { invalidArgument } from '@forecache/core';

/** Where the steps of a sampler begin and end: falling from noise at 1 to the image at 0, one more than steps. */
export type SamplerTimes = readonly number[];

/** 1, 1 - 1/steps, …, 1/steps, 0. */
export function evenTimes(steps: number): SamplerTimes {
  return Array.from({ length: steps + 1 }, (_, step) => 1 - step / steps);
}

/**
 * Even times moved towards the noise for a shift above 1: t' = S t / (1 + (S - 1) t). A shift of 1 changes no bit.
 * Source: Stable Diffusion 3, arXiv 2403.03206, equation 23.
 */
export function shiftedTimes(steps: number, shift: number): SamplerTimes {
  assertShift(shift);
  return evenTimes(steps).map((t) => (shift * t) / (1 + (shift - 1) * t));
}

/** Throws unless times can be shifted by it. */
export function assertShift(shift: number): void {
  if (!(shift > 0 && Number.isFinite(shift))) throw invalidArgument('shift', 'a number > 0', shift);
}

/** Timesteps of the calls of even Euler steps: 1, 1 - 1/steps, …, 1/steps. */
export function timestepsOf(steps: number): number[] {
  return evenTimes(steps).slice(0, -1);
}

/** Throws unless the times fall from at most 1 to 0. */
export function assertTimes(times: SamplerTimes): void {
  if (times.length < 2) throw invalidArgument('times.length', '>= 2', times.length);
  times.forEach((t, i) => {
    const before = i === 0 ? null : (times[i - 1] ?? NaN);
    const rule = before === null ? '> 0 and <= 1' : `below times[${i - 1}] (${before})`;
    const isBelow = before === null ? t <= 1 && t > 0 : t < before;
    if (!isBelow) throw invalidArgument(`times[${i}]`, rule, t);
  });
  const last = times.length - 1;
  if (times[last] !== 0) throw invalidArgument(`times[${last}]`, '0', times[last]);
}

/** The times that a step leads from and to. */
export function stepAt(times: SamplerTimes, step: number): readonly [from: number, to: number] {
  return [times[step] ?? NaN, times[step + 1] ?? NaN];
}
