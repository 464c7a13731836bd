import { ForecastError } from '@forecache/core';
import type { CachePolicy, RunDescription } from './cache-policy.js';
import { decideCall, featuresUsed, type CallPlan } from './decide-call.js';
import { planWarnings } from './plan-warnings.js';
import { assertRunDescription } from './run-description.js';

/** Where forecasts are made. `module` is the paper's: branch outputs after projection, before the gate. */
export type Granularity = 'module' | 'block' | 'hidden' | 'output';

export interface CompileRunPlanOptions {
  /** A policy that is asked at run start. */
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  /** Default `module`. */
  readonly granularity?: Granularity;
}

/** All decisions of a static policy, known before the first call. */
export interface RunPlan {
  /** Policy name and effective options, for people. */
  readonly policy: string;
  readonly granularity: Granularity;
  /** Sampler steps the host should take. Differs from the run's only under fewer-steps. */
  readonly steps: number;
  /** Stored features a site needs in this plan; 0 when nothing is forecast. */
  readonly historySize: number;
  /** One entry a call, in order. */
  readonly calls: readonly CallPlan[];
  readonly fullCalls: readonly number[];
  /** Calls that are forecast or reused: all that are not full. */
  readonly forecastCalls: readonly number[];
  /** Things a person should read: `nothing will be skipped: interval is 1`. */
  readonly warnings: readonly string[];
}

/** Decides every call of a run in one pass. Pure: the same policy and run give the same plan. */
export function compileRunPlan(options: CompileRunPlanOptions): RunPlan {
  const { policy, granularity = 'module' } = options;
  assertRunDescription(options.run);
  assertStatic(policy);
  const run = policy.planRun(options.run);
  const calls = decideAll(policy, run);
  const isFull = (call: CallPlan) => call.action.kind === 'full';
  return {
    policy: policy.toString(),
    granularity,
    steps: run.steps,
    historySize: featuresUsed(calls),
    calls,
    fullCalls: calls.filter(isFull).map((call) => call.callIndex),
    forecastCalls: calls.filter((call) => !isFull(call)).map((call) => call.callIndex),
    warnings: planWarnings({ policy, requested: options.run, planned: run, calls }),
  };
}

function decideAll(policy: CachePolicy, run: RunDescription): CallPlan[] {
  const fullCalls: number[] = [];
  const calls: CallPlan[] = [];
  for (let callIndex = 0; callIndex < run.calls; callIndex++) {
    const context = { run, branch: 'joint', callIndex, fullCalls, scalars: {} };
    const call = decideCall(policy, context);
    if (call.action.kind === 'full') fullCalls.push(callIndex);
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
