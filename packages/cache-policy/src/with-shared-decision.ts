import type { CachePolicy, CallContext, Decision } from './cache-policy.js';
import { FULL } from './stateless-policy.js';
import { wrapPolicy } from './wrap-policy.js';

/** The branch of hosts that batch guidance: nobody to share with. */
const JOINT_BRANCH = 'joint';

/** A leader's decision, and the full calls whose features its weights belong to. */
interface Led {
  readonly decision: Decision;
  readonly weighted: readonly number[];
}

/**
 * The policy, asked for one branch only: the others do in each call what the leader did, as EasyCache and TaylorSeer do
 * for Wan. A follower that comes before its leader, or without the features that the decision needs, computes in full.
 * A static policy decides alike for all branches already, and `joint` has nobody to share with.
 *
 * The leader's answers are noted when they are given, as followers ask before the leader has run: a note, not a move,
 * as asking again changes nothing.
 */
export function withSharedDecision(leaderBranch: string, policy: CachePolicy): CachePolicy {
  const led = new Map<number, Led>();
  const leads = (branch: string) =>
    policy.asksAt === 'run-start' || branch === leaderBranch || branch === JOINT_BRANCH;
  return wrapPolicy(policy, {
    decide: (context) => {
      if (!leads(context.branch)) return follow(led.get(context.callIndex), context);
      const decision = policy.decide(context);
      if (!led.has(context.callIndex)) {
        led.set(context.callIndex, { decision, weighted: weightedCalls(decision, context) });
      }
      return decision;
    },
    observe: (context, result) => {
      if (leads(context.branch)) policy.observe(context, result);
    },
    reset: () => {
      led.clear();
      policy.reset();
    },
    toString: () => `withSharedDecision(${leaderBranch}, ${policy})`,
  });
}

function follow(led: Led | undefined, context: CallContext): Decision {
  if (led === undefined || context.fullCalls.length === 0) return FULL;
  const own = weightedCalls(led.decision, context);
  const isSame =
    own.length === led.weighted.length && own.every((call, index) => call === led.weighted[index]);
  return isSame ? led.decision : FULL;
}

function weightedCalls(decision: Decision, { fullCalls }: CallContext): readonly number[] {
  return decision.kind === 'weights' ? fullCalls.slice(-decision.weights.length) : NO_CALLS;
}

const NO_CALLS: readonly number[] = Object.freeze([]);
