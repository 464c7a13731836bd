import { ForecastError } from '@forecache/core';
import type { CachePolicy, RunDescription } from './cache-policy.js';
import { createWitness, hostFor, SILENT_HOST, steps, walk, type Step } from './conformance-walk.js';
import type { ConformanceSubject } from './conformance.js';
import { featuresUsed, isFullCall, type CallPlan } from './decide-call.js';
import { compileRunPlan, compileRunSetup } from './run-plan.js';

/** Throws when a policy breaks it in one of the runs. */
export type Rule = (subject: ConformanceSubject, runs: readonly RunDescription[]) => void;

/** What every policy obeys, by title. */
export const RULES: Readonly<Record<string, Rule>> = Object.freeze({
  'computes the first call in full': perRun(firstCallIsFull),
  'answers the same when asked twice, at once or after the run': perRun(decidesIdempotently),
  'moves once when told twice': perRun(observesIdempotently),
  'keeps interleaved runs apart': interleavedRunsAreIndependent,
  'keeps branches apart': perRun(branchesAreIndependent),
  'is as new after reset': perRun(resetIsFresh),
  'never uses more features than there are': perRun(orderWithinHistory),
  'keeps within its historySize': perRun(withinHistorySize),
  'gives one plan for one run': perRun(planIsDeterministic),
  'has a setup at each of its granularities': perRun(setsUpEverywhere),
  'reads what its probes measure, all of it and nothing else': readsItsProbes,
  'computes in full what it cannot measure': perRun(computesUnmeasured),
  'computes every call when it is off, and says why': perRun(offIsFull),
  'gives a reason only where every call is full': perRun(explainsTruly),
  'prints its name and options': printsItself,
});

function perRun(rule: (subject: ConformanceSubject, run: RunDescription) => void): Rule {
  return (subject, runs) => runs.forEach((run) => rule(subject, run));
}

function firstCallIsFull({ create }: ConformanceSubject, run: RunDescription): void {
  const [first] = walk({ policy: create(), run });
  assertEqual('action of call 0', first?.action.kind, 'full');
}

function decidesIdempotently({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  const seen: Step[] = [];
  for (const step of steps({ policy, run })) {
    assertSameDecision(policy, step);
    seen.push(step);
  }
  seen.reverse().forEach((step) => assertSameDecision(policy, step));
}

function assertSameDecision(policy: CachePolicy, { context, decision }: Step): void {
  assertEqual(`call ${context.callIndex} asked again`, policy.decide(context), decision);
}

function observesIdempotently({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  const observe: CachePolicy['observe'] = (...seen) => {
    policy.observe(...seen);
    policy.observe(...seen);
  };
  const twice: CachePolicy = { ...policy, observe, toString: () => policy.toString() };
  assertEqual(
    'plan when told twice',
    walk({ policy: twice, run }),
    walk({ policy: create(), run }),
  );
}

function interleavedRunsAreIndependent(
  { create }: ConformanceSubject,
  runs: readonly RunDescription[],
): void {
  runs.forEach((run, index) => {
    const alone = walk({ policy: create(), run });
    const policy = create();
    // A policy with state serves one run; a static one may serve many at once.
    const beside = policy.asksAt === 'run-start' ? policy : create();
    const other = steps({ policy: beside, run: runs[(index + 1) % runs.length] ?? run });
    other.next();
    const mixed: CallPlan[] = [];
    for (const { plan } of steps({ policy, run })) {
      mixed.push(plan);
      other.next();
    }
    assertEqual('plan beside another run', mixed, alone);
  });
}

function branchesAreIndependent(
  { create, sharesBranches }: ConformanceSubject,
  run: RunDescription,
): void {
  if (sharesBranches === true) return;
  const branchOf = (policy: CachePolicy, [branch, phase]: readonly [string, number]) =>
    steps({ policy, run, branch, host: hostFor(policy, run, phase) });
  const branches = [
    ['cond', 0],
    ['uncond', 1.5],
  ] as const;
  const alone = branches.map((branch) => [...branchOf(create(), branch)].map(({ plan }) => plan));
  const policy = create();
  const [cond, uncond] = branches.map((branch) => branchOf(policy, branch));
  const together: CallPlan[][] = [[], []];
  for (const step of cond ?? []) {
    together[0]?.push(step.plan);
    const next = uncond?.next();
    if (next?.done === false) together[1]?.push(next.value.plan);
  }
  assertEqual('plans of two branches', together, alone);
}

function resetIsFresh({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  const first = walk({ policy, run });
  policy.reset();
  assertEqual('plan after reset', walk({ policy, run }), first);
}

function orderWithinHistory({ create }: ConformanceSubject, run: RunDescription): void {
  let stored = 0;
  for (const call of walk({ policy: create(), run })) {
    assertAtMost(`features used at call ${call.callIndex}`, featuresUsed([call]), stored);
    if (isFullCall(call)) stored++;
  }
}

function withinHistorySize({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  for (const call of walk({ policy, run })) {
    const what = `features used at call ${call.callIndex}`;
    assertAtMost(what, featuresUsed([call]), policy.historySize);
  }
}

function planIsDeterministic({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  if (policy.asksAt !== 'run-start') {
    assertEqual('second walk', walk({ policy: create(), run }), walk({ policy, run }));
    return;
  }
  const plan = compileRunPlan({ policy, run });
  assertEqual('second plan', compileRunPlan({ policy, run }), plan);
  assertEqual('plan of a twin', compileRunPlan({ policy: create(), run }), plan);
}

function setsUpEverywhere({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  for (const granularity of policy.granularities) {
    const setup = compileRunSetup({ policy, run, granularity });
    assertEqual('granularity of its setup', setup.granularity, granularity);
  }
}

/** Over all runs, as short ones end before some measurement counts. */
function readsItsProbes({ create }: ConformanceSubject, runs: readonly RunDescription[]): void {
  const given = new Set<string>();
  const read = new Set<string>();
  for (const run of runs) {
    const policy = create();
    const witness = createWitness(hostFor(policy, policy.planRun(run)));
    walk({ policy, run, host: witness.host });
    witness.given.forEach((name) => given.add(name));
    witness.read.forEach((name) => read.add(name));
  }
  assertEqual('scalars read', [...read].sort(), [...given].sort());
}

function computesUnmeasured({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  if (compileRunSetup({ policy, run }).probes.length === 0) return;
  for (const { action, callIndex } of walk({ policy, run, host: SILENT_HOST })) {
    assertEqual(`action of call ${callIndex} without measurements`, action.kind, 'full');
  }
}

function offIsFull({ createOff }: ConformanceSubject, run: RunDescription): void {
  const off = createOff?.();
  if (off === undefined) return;
  assertEqual('planned run', off.planRun(run), run);
  for (const { action, callIndex } of walk({ policy: off, run })) {
    assertEqual(`action of call ${callIndex}`, action.kind, 'full');
  }
  if (off.explainFull(run) === null) throw broken(`${off} must explain why every call is full`);
}

function explainsTruly({ create }: ConformanceSubject, run: RunDescription): void {
  const policy = create();
  const planned = policy.planRun(run);
  const reason = policy.explainFull(run);
  if (reason === null || planned.calls < run.calls) return;
  const skipped = walk({ policy, run }).find((call) => !isFullCall(call));
  if (skipped === undefined) return;
  throw broken(`${policy} skips call ${skipped.callIndex} and yet says that ${reason}`);
}

function printsItself(subject: ConformanceSubject): void {
  const policy = subject.create();
  const text = policy.toString();
  for (const part of [policy.name, ...(subject.printed ?? [])]) {
    if (!text.includes(part)) throw broken(`toString must contain ${part}, got ${text}`);
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
