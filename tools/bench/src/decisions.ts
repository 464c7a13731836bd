import {
  compileRunPlan,
  compileRunSetup,
  createPolicy,
  decideCall,
  isFullCall,
  listPolicies,
  type CachePolicy,
  type CallPlan,
  type CallResult,
  type RunDescription,
} from '@forecache/cache-policy';
import { measurements } from './flux-run.js';
import { quantile } from './interleave.js';

/** What a decision may take in microseconds: nothing beside a call of a network. */
export const DECISION_LIMIT_US = 50;

/** What a policy costs in a run, in microseconds. */
export interface DecisionCost {
  /** Name and effective options. */
  readonly policy: string;
  readonly fullCalls: number;
  /** The time of every call is its median over the rounds. */
  readonly decision: CallTimes;
  /** Telling the policy what a call did and measured; null for one that is only asked at run start. */
  readonly observation: CallTimes | null;
  /** Before the first call: the whole plan of a policy that is asked at run start, the setup of any other. */
  readonly startUs: number;
}

/** Over the calls of a run. */
export interface CallTimes {
  readonly medianUs: number;
  readonly worstUs: number;
}

/** One run of one policy, call by call. */
interface RunTimes {
  readonly fullCalls: number;
  readonly startUs: number;
  readonly decisionUs: readonly number[];
  readonly observationUs: readonly number[];
}

/** Options without a default. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fewer-steps': { steps: '25' },
  scheduled: { schedule: '0,10,20,30,40' },
};

/** How often a decision is made to be timed once: a clock takes about as long. */
const REPEATS = 20;

/** Times every registered policy with its default options in this run; policies take turns, round by round. */
export function benchDecisions(
  run: RunDescription,
  rounds: { readonly timed: number; readonly warmup: number },
): readonly DecisionCost[] {
  const policies = listPolicies().map(({ name }) =>
    createPolicy({ name, options: REQUIRED[name] ?? {} }),
  );
  const times = policies.map((): RunTimes[] => []);
  for (let round = -rounds.warmup; round < rounds.timed; round++) {
    for (const [index, policy] of policies.entries()) {
      const timed = timeRun(policy, run);
      if (round >= 0) times[index]?.push(timed);
    }
  }
  return policies.map((policy, index) => summarise(policy, times[index] ?? []));
}

/** Plays a whole run: decide, then observe, call by call. */
function timeRun(policy: CachePolicy, requested: RunDescription): RunTimes {
  policy.reset();
  const startUs = timeUs(() => startOf(policy, requested));
  const run = policy.planRun(requested);
  const { probes } = compileRunSetup({ policy, run });
  const fullCalls: number[] = [];
  const decisionUs: number[] = [];
  const observationUs: number[] = [];
  for (let callIndex = 0; callIndex < run.calls; callIndex++) {
    const scalars = measurements(probes, callIndex);
    const context = { run, branch: 'joint', callIndex, fullCalls: [...fullCalls], scalars };
    const plan = decideCall(policy, context);
    const decide = () => {
      for (let again = 0; again < REPEATS; again++) decideCall(policy, context);
    };
    decisionUs.push(timeUs(decide) / REPEATS);
    const kind = kindOf(plan);
    observationUs.push(timeUs(() => policy.observe(context, { kind, scalars })));
    if (kind === 'full') fullCalls.push(callIndex);
  }
  return { fullCalls: fullCalls.length, startUs, decisionUs, observationUs };
}

function startOf(policy: CachePolicy, run: RunDescription): unknown {
  if (policy.asksAt === 'run-start') return compileRunPlan({ policy, run });
  return compileRunSetup({ policy, run: policy.planRun(run) });
}

/** What a call does as a whole: partial where single sites differ from full. */
function kindOf(plan: CallPlan): CallResult['kind'] {
  return plan.action.kind === 'full' && !isFullCall(plan) ? 'partial' : plan.action.kind;
}

function summarise(policy: CachePolicy, runs: readonly RunTimes[]): DecisionCost {
  const isAsked = policy.asksAt !== 'run-start';
  return {
    policy: String(policy),
    fullCalls: runs[0]?.fullCalls ?? NaN,
    decision: overCalls(runs.map(({ decisionUs }) => decisionUs)),
    observation: isAsked ? overCalls(runs.map(({ observationUs }) => observationUs)) : null,
    startUs: median(runs.map(({ startUs }) => startUs)),
  };
}

/** [run][call] to the median and the worst of the calls. */
function overCalls(runs: readonly (readonly number[])[]): CallTimes {
  const calls = (runs[0] ?? []).map((_, call) => median(runs.map((times) => times[call] ?? NaN)));
  return { medianUs: median(calls), worstUs: Math.max(...calls) };
}

function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

function timeUs(work: () => unknown): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1000;
}
