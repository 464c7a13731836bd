import {
  actionAt,
  type Action,
  type CallKey,
  type CallPlan,
  type RunPlan,
  weightsOf,
} from '@forecache/adapters';
import { ForecastError, invalidArgument } from '@forecache/core';
import { fullCallsBefore, isNeededLater } from './call-actions.js';
import type { ForecastTerm, SiteKey } from './feature-memory.js';

/** Numbers that a host measured, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** A policy's answer to one call, given what the branch did before. */
export interface CallQuestion extends CallKey {
  /** Indices of this branch's earlier full calls, oldest first. */
  readonly fullCalls: readonly number[];
  readonly scalars: Scalars;
}

/** How a policy that decides call by call is asked, and told afterwards. */
export interface CallByCall {
  decide(question: CallQuestion): CallPlan;
  observe(question: CallQuestion, kind: Action['kind']): void;
}

export interface RunDecisionsOptions {
  readonly callCount: number;
  readonly historySize: number;
  /** The plan of a static policy, or the policy itself. */
  readonly source: RunPlan | CallByCall;
}

/** Every decision of one run, pure and idempotent: asked twice, a call has the same plan. */
export interface RunDecisions {
  readonly callCount: number;
  callPlan(call: CallKey, scalars?: Scalars): CallPlan;
  /** What the host really did, for policies that learn from it. The first report of a call counts. */
  report(call: CallKey, kind: Action['kind']): void;
  /** The stored features that an action at a site is meant for, newest first, with their weights. */
  terms(call: CallKey, site: string): readonly ForecastTerm[];
  /** Whether a later call may need the true feature of this full call. */
  isNeededLater(call: CallKey, site: string): boolean;
}

/** Decisions of a static plan, or memoised ones of a policy that decides call by call. */
export function createRunDecisions(options: RunDecisionsOptions): RunDecisions {
  const { source, callCount, historySize } = options;
  const isStatic = 'calls' in source;
  const decided = isStatic ? null : createMemo(source);

  function callPlan(call: CallKey, scalars: Scalars = {}): CallPlan {
    const { callIndex } = call;
    if (!Number.isInteger(callIndex) || callIndex < 0 || callIndex >= callCount) {
      throw invalidArgument('call_index', `an integer in 0..${callCount - 1}`, callIndex);
    }
    if (decided !== null) return decided.decide(call, scalars);
    const plan = isStatic ? source.calls[callIndex] : undefined;
    if (plan !== undefined) return plan;
    throw new ForecastError('internal', `the plan has no call ${callIndex}`);
  }

  function callsOf(branch: string): readonly (CallPlan | undefined)[] {
    return isStatic ? source.calls : (decided?.callsOf(branch) ?? []);
  }

  return {
    callCount,
    callPlan,
    report: (call, kind) => decided?.report(call, kind),
    terms(call, site) {
      const weights = weightsOf(actionAt(callPlan(call), site));
      const place = { calls: callsOf(call.branch), site, callIndex: call.callIndex };
      const indices = fullCallsBefore(place, weights.length);
      if (indices.length < weights.length) throw tooShort({ ...call, site }, weights, indices);
      return indices.map((callIndex, index) => ({ callIndex, weight: weights[index] ?? 0 }));
    },
    isNeededLater(call, site) {
      if (!isStatic) return true;
      return isNeededLater({ calls: source.calls, site, callIndex: call.callIndex }, historySize);
    },
  };
}

function tooShort(
  { branch, callIndex, site }: SiteKey & CallKey,
  weights: readonly number[],
  fullCalls: readonly number[],
): ForecastError {
  return new ForecastError(
    'failed-precondition',
    `site ${JSON.stringify(site)} of branch ${JSON.stringify(branch)} cannot be forecast at call ` +
      `${callIndex}: ${weights.length} weights need as many full calls before it, ` +
      `the plan has [${fullCalls.join(', ')}]`,
  );
}

interface DecidedCall {
  readonly plan: CallPlan;
  readonly question: CallQuestion;
  reported: Action['kind'] | null;
  isObserved: boolean;
}

interface Memo {
  decide(call: CallKey, scalars: Scalars): CallPlan;
  report(call: CallKey, kind: Action['kind']): void;
  callsOf(branch: string): readonly (CallPlan | undefined)[];
}

/** Asks once per (branch, call), and tells the policy of a call's earlier ones before it asks. */
function createMemo(policy: CallByCall): Memo {
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
      for (const entry of earlier.filter((candidate) => !candidate.isObserved)) {
        entry.isObserved = true;
        policy.observe(entry.question, kindOf(entry));
      }
      const fullCalls = earlier
        .filter((entry) => kindOf(entry) === 'full')
        .map((entry) => entry.question.callIndex);
      const question = { ...call, fullCalls, scalars };
      const plan = policy.decide(question);
      decided[call.callIndex] = { plan, question, reported: null, isObserved: false };
      return plan;
    },
    report(call, kind) {
      const entry = decidedOf(call.branch)[call.callIndex];
      if (entry !== undefined) entry.reported ??= kind;
    },
    callsOf: (branch) => decidedOf(branch).map((entry) => entry?.plan),
  };
}

function kindOf(entry: DecidedCall): Action['kind'] {
  return entry.reported ?? entry.plan.action.kind;
}
