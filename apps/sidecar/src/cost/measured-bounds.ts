import {
  compileRunSetup,
  decideCall,
  isFullCall,
  type CachePolicy,
  type CallPlan,
  type Granularity,
  type Probe,
  type ProbeKind,
  type RunDescription,
} from '@forecache/cache-policy';
import type { LayerTable } from '@forecache/model-catalog';
import { planCost, type PlanCost } from './plan-cost.js';

/** A run of a policy that decides from measurements, had every change measured the same. */
export interface MeasuredRun {
  /** Every change that a probe measured, before and after every call; sizes were 1. */
  readonly change: number;
  readonly fullCalls: readonly number[];
  readonly cost: PlanCost;
}

/** The ends of what constant changes make of a policy. They are no bounds on what other measurements can do. */
export interface MeasuredBounds {
  /** Scalars that the policy decides from. */
  readonly scalars: readonly string[];
  readonly fewestFull: MeasuredRun;
  readonly mostFull: MeasuredRun;
}

export interface MeasuredBoundsOptions {
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  readonly granularity: Granularity;
  readonly table: LayerTable;
}

/** 0, and from 0.0001 to 1000 a quarter of a decade apart: relative changes lie well inside. */
const CHANGES: readonly number[] = Object.freeze([
  0,
  ...Array.from({ length: 29 }, (_, i) => 10 ** (i / 4 - 4)),
]);

/** Plays the run once for each constant change, on a policy that is reset each time. What measuring costs is left out. */
export function measuredBounds(options: MeasuredBoundsOptions): MeasuredBounds {
  const { policy, granularity } = options;
  const run = policy.planRun(options.run);
  const { probes, ...setup } = compileRunSetup({ policy, run, granularity });
  const scalars = [...new Set(probes.flatMap(scalarsOf))];
  const runs = CHANGES.map((change): MeasuredRun => {
    const calls = playRun(policy, run, constantScalars(scalars, change));
    const fullComputeCalls = options.run.calls;
    const historySize = calls.every(isFullCall) ? 0 : setup.historySize;
    return {
      change,
      fullCalls: calls.filter(isFullCall).map(({ callIndex }) => callIndex),
      cost: planCost(
        options.table,
        { setup: { ...setup, historySize }, calls },
        { fullComputeCalls },
      ),
    };
  });
  return {
    scalars,
    fewestFull: runs.reduce((best, next) => (next.cost.flops < best.cost.flops ? next : best)),
    mostFull: runs.reduce((best, next) => (next.cost.flops > best.cost.flops ? next : best)),
  };
}

function playRun(
  policy: CachePolicy,
  run: RunDescription,
  scalars: Readonly<Record<string, number>>,
): CallPlan[] {
  const fullCalls: number[] = [];
  policy.reset();
  return Array.from({ length: run.calls }, (_, callIndex) => {
    const context = { run, branch: 'joint', callIndex, fullCalls: [...fullCalls], scalars };
    const call = decideCall(policy, context);
    const isFull = isFullCall(call);
    policy.observe(context, { kind: isFull ? 'full' : 'reuse', scalars });
    if (isFull) fullCalls.push(callIndex);
    return call;
  });
}

/** Sizes and spans, which changes are compared with, and the inner products of features that do not change. */
const CONSTANT_SCALAR = /^(output-size|input-span|gram\..*)$/;

function constantScalars(
  names: readonly string[],
  change: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, CONSTANT_SCALAR.test(name) ? 1 : change]));
}

/** The scalars of each probe: see `ProbeKind` in `protos/forecache/v1/plan.proto`. */
const SCALARS: Readonly<Record<Exclude<ProbeKind, 'feature-gram'>, readonly string[]>> =
  Object.freeze({
    'modulated-input-change': ['modulated-input-change'],
    'conditioning-change': ['conditioning-change'],
    'input-change': ['input-change'],
    'first-blocks-change': ['first-blocks-change'],
    'output-rate': ['output-size', 'output-change', 'input-span'],
    'feature-change': ['feature-change'],
    'feature-motion': ['feature-motion'],
  });

function scalarsOf({ kind, count }: Probe): readonly string[] {
  if (kind !== 'feature-gram') return SCALARS[kind];
  const newest = Array.from({ length: count }, (_, i) => i);
  return newest.flatMap((i) => newest.slice(i).map((j) => `gram.${i}.${j}`));
}
