import { compileRunPlan, type CachePolicy, type RunDescription } from '../src/index.js';

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
