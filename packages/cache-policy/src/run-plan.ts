import { ForecastError, invalidArgument } from '@forecache/core';
import type { CachePolicy, PolicySetup, RunDescription } from './cache-policy.js';
import { decideCall, featuresUsed, isFullCall, type CallPlan } from './decide-call.js';
import { sitesOf, type Granularity } from './network-shape.js';
import { planWarnings } from './plan-warnings.js';
import { assertRunDescription } from './run-description.js';

export interface CompileRunPlanOptions {
  /** A policy that is asked at run start. */
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  /** Default: the policy's own. */
  readonly granularity?: Granularity;
}

/** What hosts prepare for a run. Mirrors `RunSetup`. */
export interface RunSetup extends PolicySetup {
  readonly granularity: Granularity;
  /** Stored features a site needs; 0 when nothing is forecast. */
  readonly historySize: number;
}

/**
 * What hosts prepare for a policy in a run: its kept sites by name where the network is known, and nothing kept twice.
 * Throws when the policy cannot work at this granularity.
 */
export function compileRunSetup(options: CompileRunPlanOptions): RunSetup {
  const { policy, run } = options;
  const { granularities, historySize } = policy;
  const granularity = options.granularity ?? granularities[0] ?? 'module';
  if (!granularities.includes(granularity)) {
    const rule = `one of ${granularities.join(', ')}, where ${policy.name} can decide`;
    throw invalidArgument('granularity', rule, granularity);
  }
  const setup = policy.setup(run, granularity);
  const isAll = setup.sites.length === 0 && run.network !== undefined && historySize > 0;
  const sites = isAll ? sitesOf(run.network, granularity) : setup.sites;
  return { ...setup, sites, granularity, historySize };
}

/** All decisions of a static policy, known before the first call. */
export interface RunPlan {
  /** Policy name and effective options, for people. */
  readonly policy: string;
  readonly setup: RunSetup;
  /** Sampler steps the host should take. Differs from the run's only under fewer-steps. */
  readonly steps: number;
  /** One entry a call, in order. */
  readonly calls: readonly CallPlan[];
  readonly fullCalls: readonly number[];
  /** All that are not full. */
  readonly forecastCalls: readonly number[];
  /** Things a person should read: `nothing will be skipped: interval is 1`. */
  readonly warnings: readonly string[];
}

/** Decides every call of a run in one pass. Pure: the same policy and run give the same plan. */
export function compileRunPlan(options: CompileRunPlanOptions): RunPlan {
  const { policy } = options;
  assertRunDescription(options.run);
  assertStatic(policy);
  const run = policy.planRun(options.run);
  const setup = compileRunSetup({ ...options, run });
  const calls = decideAll(policy, run);
  return {
    policy: policy.toString(),
    setup: { ...setup, historySize: featuresUsed(calls) },
    steps: run.steps,
    calls,
    fullCalls: calls.filter(isFullCall).map((call) => call.callIndex),
    forecastCalls: calls.filter((call) => !isFullCall(call)).map((call) => call.callIndex),
    warnings: planWarnings({ policy, requested: options.run, planned: run, calls }),
  };
}

function decideAll(policy: CachePolicy, run: RunDescription): CallPlan[] {
  const fullCalls: number[] = [];
  const calls: CallPlan[] = [];
  for (let callIndex = 0; callIndex < run.calls; callIndex++) {
    const context = { run, branch: 'joint', callIndex, fullCalls, scalars: {} };
    const call = decideCall(policy, context);
    if (isFullCall(call)) fullCalls.push(callIndex);
    calls.push(call);
  }
  return calls;
}

function assertStatic(policy: CachePolicy): void {
  if (policy.asksAt === 'run-start') return;
  throw new ForecastError(
    'failed-precondition',
    `${policy} has no plan: it is asked at ${policy.asksAt}, not at run-start`,
  );
}
