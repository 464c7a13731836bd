import {
  callKind,
  type Action,
  type CallKey,
  type CallPlan,
  type Scalars,
} from '@forecache/adapters';

/** A policy's answer to one call, given what the branch did before. */
export interface CallQuestion extends CallKey {
  /** Indices of this branch's earlier full calls, oldest first. */
  readonly fullCalls: readonly number[];
  /** What was measured before the call. */
  readonly scalars: Scalars;
}

/** What was done in a call. */
export interface CallResult {
  readonly kind: Action['kind'];
  /** What was measured after the call. */
  readonly scalars: Scalars;
}

/** How a policy that decides call by call is asked, and told afterwards. */
export interface CallByCall {
  decide(question: CallQuestion): CallPlan;
  observe(question: CallQuestion, result: CallResult): void;
}

/** The decisions of a policy that decides call by call, each made once. */
export interface CallMemo {
  /** The first answer for this (branch, call), whatever is measured when it is asked again. */
  decide(call: CallKey, scalars: Scalars): CallPlan;
  /** What was done in a decided call. The first report counts, and only until a later call is decided. */
  report(call: CallKey, result: CallResult): void;
  /** A branch's plans by call index; absent where nobody asked. */
  plansOf(branch: string): readonly (CallPlan | undefined)[];
}

interface DecidedCall {
  readonly plan: CallPlan;
  readonly question: CallQuestion;
  reported: CallResult | null;
  /** Whether the policy was told. It is told once: a report that comes later is lost. */
  isObserved: boolean;
}

/**
 * Asks a policy once per (branch, call). Before it does, it tells the policy of the branch's earlier calls, in order:
 * what was reported of them, else that they did what was decided, with nothing measured.
 */
export function createCallMemo(policy: CallByCall): CallMemo {
  const branches = new Map<string, (DecidedCall | undefined)[]>();

  function decidedOf(branch: string): (DecidedCall | undefined)[] {
    const known = branches.get(branch) ?? [];
    branches.set(branch, known);
    return known;
  }

  return {
    decide(call, scalars) {
      const decided = decidedOf(call.branch);
      const known = decided[call.callIndex];
      if (known !== undefined) return known.plan;
      const earlier = decided.slice(0, call.callIndex).filter((entry) => entry !== undefined);
      for (const entry of earlier) tell(policy, entry);
      const fullCalls = earlier
        .filter((entry) => resultOf(entry).kind === 'full')
        .map((entry) => entry.question.callIndex);
      const question = { ...call, fullCalls, scalars };
      const plan = policy.decide(question);
      decided[call.callIndex] = { plan, question, reported: null, isObserved: false };
      return plan;
    },
    report(call, result) {
      const entry = decidedOf(call.branch)[call.callIndex];
      if (entry !== undefined && !entry.isObserved) entry.reported ??= result;
    },
    plansOf: (branch) => decidedOf(branch).map((entry) => entry?.plan),
  };
}

function tell(policy: CallByCall, entry: DecidedCall): void {
  if (entry.isObserved) return;
  entry.isObserved = true;
  policy.observe(entry.question, resultOf(entry));
}

function resultOf({ reported, plan }: DecidedCall): CallResult {
  return reported ?? { kind: callKind(plan), scalars: {} };
}
