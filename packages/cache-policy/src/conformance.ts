import { ForecastError } from '@forecache/core';
import type { CachePolicy, CallContext, Decision, RunDescription } from './cache-policy.js';
import { decideCall, featuresUsed, type CallPlan } from './decide-call.js';
import { compileRunPlan } from './run-plan.js';

/** A policy to hold to the rules that every policy obeys. */
export interface ConformanceSubject {
  /** A fresh policy at each call. */
  readonly create: () => CachePolicy;
  /** The same policy switched off (interval 1, threshold 0), when it has such a setting. */
  readonly createOff?: () => CachePolicy;
  /** Text that `toString` must contain besides the name: an option as it is printed. */
  readonly printed?: readonly string[];
  /** Runs to try; default 1, 2, 10 and 50 calls. */
  readonly runs?: readonly RunDescription[];
  /** What the host measures at a call; default nothing. */
  readonly scalarsAt?: (callIndex: number) => Readonly<Record<string, number>>;
}

/** One rule. `run` throws when the policy breaks it; any test runner can call it. */
export interface ConformanceCheck {
  readonly title: string;
  readonly run: () => void;
}

/** A rule over one run. */
type Rule = (subject: ConformanceSubject, run: RunDescription) => void;

const RUNS: readonly RunDescription[] = Object.freeze(
  [1, 2, 10, 50].map((calls) => Object.freeze({ steps: calls, calls })),
);

const RULES: Readonly<Record<string, Rule>> = Object.freeze({
  'computes the first call in full': firstCallIsFull,
  'answers the same when asked twice': decidesIdempotently,
  'keeps interleaved runs apart': interleavedRunsAreIndependent,
  'is as new after reset': resetIsFresh,
  'never uses more features than there are': orderWithinHistory,
  'keeps within its historySize': withinHistorySize,
  'gives one plan for one run': planIsDeterministic,
  'computes every call when it is off': offIsFull,
});

/** The checks that every policy must pass, one per rule. */
export function policyConformance(subject: ConformanceSubject): readonly ConformanceCheck[] {
  const perRun = Object.entries(RULES).map(([title, rule]) => ({
    title,
    run: () => (subject.runs ?? RUNS).forEach((run) => rule(subject, run)),
  }));
  return [...perRun, { title: 'prints its name and options', run: () => printsItself(subject) }];
}

function firstCallIsFull(subject: ConformanceSubject, run: RunDescription): void {
  const [first] = walk(subject.create(), subject, run);
  assertEqual('action of call 0', first?.action.kind, 'full');
}

function decidesIdempotently(subject: ConformanceSubject, run: RunDescription): void {
  const policy = subject.create();
  const seen: Step[] = [];
  for (const step of steps(policy, subject, run)) {
    assertSameDecision(policy, step);
    seen.push(step);
  }
  // A static policy has nothing to remember, so an old question in any order has its old answer.
  if (policy.asksAt === 'run-start') seen.reverse().forEach((s) => assertSameDecision(policy, s));
}

function assertSameDecision(policy: CachePolicy, { context, decision }: Step): void {
  assertEqual(`call ${context.callIndex} asked again`, policy.decide(context), decision);
}

function interleavedRunsAreIndependent(subject: ConformanceSubject, run: RunDescription): void {
  const alone = walk(subject.create(), subject, run);
  const policy = subject.create();
  // A policy with state serves one run; a static one may serve many at once.
  const beside = policy.asksAt === 'run-start' ? policy : subject.create();
  const other = steps(beside, subject, run);
  other.next();
  const mixed: CallPlan[] = [];
  for (const { plan } of steps(policy, subject, run)) {
    mixed.push(plan);
    other.next();
  }
  assertEqual('plan beside another run', mixed, alone);
}

function resetIsFresh(subject: ConformanceSubject, run: RunDescription): void {
  const policy = subject.create();
  const first = walk(policy, subject, run);
  policy.reset();
  assertEqual('plan after reset', walk(policy, subject, run), first);
}

function orderWithinHistory(subject: ConformanceSubject, run: RunDescription): void {
  let stored = 0;
  for (const call of walk(subject.create(), subject, run)) {
    assertAtMost(`features used at call ${call.callIndex}`, featuresUsed([call]), stored);
    if (call.action.kind === 'full') stored++;
  }
}

function withinHistorySize(subject: ConformanceSubject, run: RunDescription): void {
  const policy = subject.create();
  for (const call of walk(policy, subject, run)) {
    assertAtMost(
      `features used at call ${call.callIndex}`,
      featuresUsed([call]),
      policy.historySize,
    );
  }
}

function planIsDeterministic(subject: ConformanceSubject, run: RunDescription): void {
  const policy = subject.create();
  if (policy.asksAt !== 'run-start') {
    assertEqual('second walk', walk(subject.create(), subject, run), walk(policy, subject, run));
    return;
  }
  const plan = compileRunPlan({ policy, run });
  assertEqual('second plan', compileRunPlan({ policy, run }), plan);
  assertEqual('plan of a twin', compileRunPlan({ policy: subject.create(), run }), plan);
}

function offIsFull(subject: ConformanceSubject, run: RunDescription): void {
  const off = subject.createOff?.();
  if (off === undefined) return;
  assertEqual('planned run', off.planRun(run), run);
  for (const { action, callIndex } of walk(off, subject, run)) {
    assertEqual(`action of call ${callIndex}`, action.kind, 'full');
  }
}

function printsItself(subject: ConformanceSubject): void {
  const policy = subject.create();
  const text = policy.toString();
  for (const part of [policy.name, ...(subject.printed ?? [])]) {
    if (!text.includes(part)) throw broken(`toString must contain ${part}, got ${text}`);
  }
}

function walk(policy: CachePolicy, subject: ConformanceSubject, run: RunDescription): CallPlan[] {
  return [...steps(policy, subject, run)].map((step) => step.plan);
}

interface Step {
  readonly context: CallContext;
  readonly decision: Decision;
  readonly plan: CallPlan;
}

/** Plays a run call by call, telling the policy what was done after each. */
function* steps(
  policy: CachePolicy,
  subject: ConformanceSubject,
  run: RunDescription,
): Generator<Step> {
  const planned = policy.planRun(run);
  const fullCalls: number[] = [];
  for (let callIndex = 0; callIndex < planned.calls; callIndex++) {
    const scalars = subject.scalarsAt?.(callIndex) ?? {};
    const context = {
      run: planned,
      branch: 'joint',
      callIndex,
      fullCalls: [...fullCalls],
      scalars,
    };
    const plan = decideCall(policy, context);
    yield { context, decision: policy.decide(context), plan };
    if (plan.action.kind === 'full') fullCalls.push(callIndex);
    policy.observe(context, { kind: plan.action.kind, scalars });
  }
}

/** Values are plain data, so their text decides; numbers print with all their digits. */
function assertEqual(what: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw broken(`${what} must be ${wanted}, got ${got}`);
}

function assertAtMost(what: string, actual: number, limit: number): void {
  if (!(actual <= limit)) throw broken(`${what} must be at most ${limit}, got ${actual}`);
}

function broken(message: string): ForecastError {
  return new ForecastError('internal', message);
}
