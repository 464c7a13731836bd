import { walk } from '../src/conformance-walk.js';
import { compileRunPlan, isFullCall, type CachePolicy, type RunDescription } from '../src/index.js';
import type { Scalars } from '../src/synthetic-host.js';

/** A run of one call per step. */
export function runOf(calls: number): RunDescription {
  return { steps: calls, calls };
}

/** Full calls of a policy, counted up from 0. */
export function fullCalls(policy: CachePolicy, calls = 50): readonly number[] {
  return compileRunPlan({ policy, run: runOf(calls) }).fullCalls;
}

/** first, first + step, ... up to and including last. */
export function every(step: number, first: number, last: number): number[] {
  const length = Math.floor((last - first) / step) + 1;
  return Array.from({ length }, (_, i) => first + i * step);
}

/** Steps that count down from 49, as the DiT codes print them, as call indices. */
export function fromFalling(...steps: readonly number[]): number[] {
  return steps.map((step) => 49 - step);
}

/** What a host measures, call by call. Numbers that are left out are not measured. */
export interface Measurements {
  readonly before?: (callIndex: number) => Scalars;
  readonly after?: (callIndex: number) => Scalars;
}

/** The full calls of a policy that decides call by call, as a host with these measurements sees them. */
export function playedFullCalls(
  policy: CachePolicy,
  calls: number,
  { before = () => ({}), after = () => ({}) }: Measurements,
): readonly number[] {
  const host = { before, run: after };
  return walk({ policy, run: runOf(calls), host })
    .filter(isFullCall)
    .map(({ callIndex }) => callIndex);
}
