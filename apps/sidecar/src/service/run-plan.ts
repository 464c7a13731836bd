import type { Granularity, RunPlan, RunSetup } from '@forecache/adapters';
import {
  compileRunPlan,
  compileRunSetup,
  decideCall,
  type CachePolicy,
  type CallPlan,
  type RunDescription,
} from '@forecache/cache-policy';
import { createRunDecisions, type RunDecisions } from './run-decisions.js';
import { createRunSites } from './run-sites.js';

/** What a policy makes of a run. */
export interface PlannedRun {
  /** Policy name and effective options, for people. */
  readonly policy: string;
  /** Null when the policy decides call by call. */
  readonly plan: RunPlan | null;
  /** What hosts prepare. Where the network is known, `sites` names everything that is kept. */
  readonly setup: RunSetup;
  /** Calls per branch. */
  readonly callCount: number;
  readonly decisions: RunDecisions;
  readonly warnings: readonly string[];
}

/** A run before its policy has seen it. */
export interface UnplannedRun {
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  /** Null: the policy's own. */
  readonly granularity: Granularity | null;
}

/** Compiles the whole plan of a static policy; wraps any other so that each call is decided once. */
export function planRun(unplanned: UnplannedRun): PlannedRun {
  return unplanned.policy.asksAt === 'run-start'
    ? planAtStart(unplanned)
    : planCallByCall(unplanned);
}

function planAtStart(unplanned: UnplannedRun): PlannedRun {
  const { policy, run } = unplanned;
  const compiled = compileRunPlan({ policy, run, ...granularityOf(unplanned) });
  const { steps, calls, warnings } = compiled;
  const setup = setupInUse(compiled.setup, calls, run);
  const decisions = createRunDecisions({
    callCount: calls.length,
    historySize: setup.historySize,
    sites: createRunSites(setup, run.network ?? null),
    source: { steps, calls },
  });
  const plan = { steps, calls };
  return { policy: compiled.policy, plan, setup, callCount: calls.length, decisions, warnings };
}

function planCallByCall(unplanned: UnplannedRun): PlannedRun {
  const { policy, run: requested } = unplanned;
  const run = policy.planRun(requested);
  const compiled = compileRunSetup({ policy, run, ...granularityOf(unplanned) });
  const setup = { ...compiled, historySize: Math.max(1, compiled.historySize) };
  const decisions = createRunDecisions({
    callCount: run.calls,
    historySize: setup.historySize,
    sites: createRunSites(setup, run.network ?? null),
    source: {
      decide: (question) => decideCall(policy, { run, ...question }),
      observe: (question, result) => policy.observe({ run, ...question }, result),
    },
  });
  const reason = policy.explainFull(requested);
  const warnings = reason === null ? [] : [`nothing will be skipped: ${reason}`];
  const callCount = run.calls;
  return { policy: policy.toString(), plan: null, setup, callCount, decisions, warnings };
}

function granularityOf({ granularity }: UnplannedRun): { readonly granularity?: Granularity } {
  return granularity === null ? {} : { granularity };
}

/** The setup without what no call of the plan reads: a plan that is full throughout keeps nothing. */
function setupInUse(
  setup: RunSetup,
  calls: readonly CallPlan[],
  { network }: RunDescription,
): RunSetup {
  const isKept = setup.historySize > 0 || network === undefined;
  const hasPartial = calls.some(({ exceptions }) =>
    exceptions.some(({ action }) => action.kind === 'partial'),
  );
  return {
    ...setup,
    sites: isKept ? setup.sites : [],
    historySize: Math.max(1, setup.historySize),
    tokenCache: hasPartial ? setup.tokenCache : null,
  };
}
