import { createBranchLog } from './branch-log.js';
import type { CachePolicy, CallContext, CallResult, Decision } from './cache-policy.js';
import type { Granularity } from './network-shape.js';
import { FULL } from './stateless-policy.js';

/** The parts of a policy that learns from measurements, one state a branch. */
export interface StatefulPolicyParts<S> {
  readonly name: string;
  /** What `toString` prints. */
  readonly label: string;
  readonly historySize: number;
  readonly granularities: readonly Granularity[];
  readonly setup: CachePolicy['setup'];
  readonly explainFull: CachePolicy['explainFull'];
  /** Before the first call of a branch. */
  readonly initial: S;
  /** Pure. Never asked before there is a full call. */
  readonly decide: (state: S, context: CallContext) => Decision;
  /** Pure: the state after a call. */
  readonly advance: (state: S, context: CallContext, result: CallResult) => S;
}

/**
 * A policy from two pure functions. `observe` is the only mover, a call told twice counts once, and a question
 * asked again is answered from what was known at its call. A branch without a full call computes.
 */
export function createStatefulPolicy<S>(parts: StatefulPolicyParts<S>): CachePolicy {
  const { name, label, historySize, granularities, setup, explainFull, initial } = parts;
  const states = createBranchLog(initial);
  return Object.freeze({
    name,
    asksAt: 'call-start',
    historySize,
    granularities,
    setup,
    planRun: (run: Parameters<CachePolicy['planRun']>[0]) => run,
    explainFull,
    decide: (context: CallContext) =>
      context.fullCalls.length === 0 ? FULL : parts.decide(states.before(context), context),
    observe(context: CallContext, result: CallResult) {
      states.record(context, parts.advance(states.before(context), context, result));
    },
    reset: () => states.clear(),
    toString: () => label,
  });
}
