import { assertMonotone, invalidArgument } from '@forecache/core';
import type { PositionName, RunDescription } from './cache-policy.js';

/** Most calls a run may have; a 1000-step sampler with two calls a step fits fifty times. */
export const MAX_CALLS = 100_000;

/** Throws unless the counts are in range and every given position list has one value a call. */
export function assertRunDescription(run: RunDescription): void {
  assertCount('steps', run.steps);
  assertCount('calls', run.calls);
  if (run.timesteps !== undefined) assertPositions('timesteps', run.timesteps, run.calls);
  if (run.sigmas !== undefined) assertPositions('sigmas', run.sigmas, run.calls);
}

/** The position of each call in the wanted coordinate. */
export function positionsOf(run: RunDescription, position: PositionName): (call: number) => number {
  if (position === 'call') return (call) => call;
  const name = position === 'timestep' ? 'timesteps' : 'sigmas';
  const values = run[name];
  if (values === undefined) {
    throw invalidArgument(name, `given when position is ${position}`, undefined);
  }
  return (call) => values[call] ?? NaN;
}

function assertCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_CALLS) return;
  throw invalidArgument(name, `an integer between 1 and ${MAX_CALLS}`, count);
}

function assertPositions(name: string, values: readonly number[], calls: number): void {
  if (values.length !== calls) {
    throw invalidArgument(name, `one value per call (${calls})`, values.length);
  }
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw invalidArgument(`${name}[${odd}]`, 'a finite number', values[odd]);
  assertMonotone(name, values);
}
