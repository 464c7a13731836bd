import type { CallPlan } from '../decide-call.js';
import type { CallWeights } from './walk-fit.js';

/** What every call does under a schedule with weights: one entry a call, in order. */
export function weightsPlan(
  calls: number,
  fullCalls: readonly number[],
  weights: readonly CallWeights[],
): CallPlan[] {
  const isFull = new Set(fullCalls);
  let skipped = 0;
  return Array.from({ length: calls }, (_, callIndex) => {
    const action = isFull.has(callIndex)
      ? ({ kind: 'full' } as const)
      : ({ kind: 'forecast', weights: weights[skipped++] ?? [] } as const);
    return { callIndex, action, exceptions: [] };
  });
}
