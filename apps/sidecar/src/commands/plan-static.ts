import { weightsOf } from '@forecache/adapters';
import {
  compileRunPlan,
  isFullCall,
  type Action,
  type CachePolicy,
  type CallPlan,
  type Granularity,
  type RunDescription,
} from '@forecache/cache-policy';
import type { LayerTable, ModelSize } from '@forecache/model-catalog';
import { textTable } from '../command-line/text-table.js';
import { planCost } from '../cost/plan-cost.js';
import { printBytes, printFlops } from '../cost/print-quantity.js';
import { publishedTeraFlops } from '../cost/published-tera-flops.js';

/** A policy, and the run whose cost is asked for. */
export interface PlannedCost {
  readonly policy: CachePolicy;
  readonly granularity: Granularity;
  readonly table: LayerTable;
  readonly run: RunDescription;
  /** What a person should know of how the policy was chosen. */
  readonly notes: readonly string[];
}

/** A static policy's plan with its costs. */
export interface DescribedPlan {
  readonly model: string;
  readonly size: ModelSize;
  readonly steps: number;
  readonly policy: string;
  readonly granularity: Granularity;
  readonly fullCalls: readonly number[];
  readonly forecastCalls: readonly number[];
  readonly fullCallFlops: number;
  readonly flops: number;
  readonly tflops: number;
  readonly speedup: number;
  readonly cacheBytes: Readonly<Partial<Record<Granularity, number>>>;
  readonly calls: readonly {
    readonly call: number;
    readonly action: Action['kind'];
    readonly flops: number;
    readonly weights: readonly number[];
  }[];
  readonly warnings: readonly string[];
}

/** Call indices printed in one line. */
const MOST_SHOWN = 50;

/** Compiles the plan and counts it. */
export function describePlan({
  policy,
  granularity,
  table,
  run,
  notes,
}: PlannedCost): DescribedPlan {
  const plan = compileRunPlan({ policy, run, granularity });
  const fullComputeCalls = run.calls;
  const cost = planCost(table, plan, { fullComputeCalls });
  const bytes = policy.granularities.map((at): [Granularity, number] => [
    at,
    planCost(table, compileRunPlan({ policy, run, granularity: at })).cacheBytes,
  ]);
  return {
    model: table.model,
    size: table.size,
    steps: plan.steps,
    policy: plan.policy,
    granularity,
    fullCalls: plan.fullCalls,
    forecastCalls: plan.forecastCalls,
    fullCallFlops: cost.fullCallFlops,
    flops: cost.flops,
    tflops: publishedTeraFlops(table, cost.perCall),
    speedup: cost.speedup,
    cacheBytes: Object.fromEntries(bytes),
    calls: plan.calls.map((call, i) => ({
      call: call.callIndex,
      action: kindOf(call),
      flops: cost.perCall[i] ?? NaN,
      weights: weightsOf(call.action),
    })),
    warnings: [...notes, ...plan.warnings],
  };
}

/** What a call does as a whole; where sites differ, the most that is done at one that is not computed. */
function kindOf(call: CallPlan): Action['kind'] {
  if (isFullCall(call)) return 'full';
  const kinds = [call.action, ...call.exceptions.map(({ action }) => action)].map(
    ({ kind }) => kind,
  );
  return (['partial', 'forecast', 'reuse'] as const).find((kind) => kinds.includes(kind)) ?? 'full';
}

/** The plan for people. */
export function printPlan(plan: DescribedPlan, { branches }: LayerTable): string {
  const calls = plan.calls.map(({ call, action, flops, weights }) => [
    String(call),
    action,
    printFlops(flops),
    weights.map((weight) => weight.toFixed(4)).join(' '),
  ]);
  const stored = plan.cacheBytes[plan.granularity] ?? 0;
  const bytes = Object.entries(plan.cacheBytes)
    .filter(([granularity]) => granularity !== plan.granularity)
    .map(([granularity, count]) => `${granularity} ${printBytes(count)}`);
  const facts = [
    `${plan.policy} on ${plan.model}, ${plan.steps} steps, granularity ${plan.granularity}`,
    `full calls: ${plan.fullCalls.length} of ${plan.calls.length} (${printIndices(plan.fullCalls)})`,
    `cost: ${printFlops(plan.flops)}, ${plan.speedup.toFixed(2)}x fewer than full compute`,
    `stored: ${printBytes(stored)}${bytes.length === 0 ? '' : ` (${bytes.join(', ')})`}`,
    ...(branches > 1 ? [`each call runs once in each of ${branches} branches`] : []),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
  ];
  return `${facts.join('\n')}\n\n${textTable([['call', 'action', 'cost', 'weights'], ...calls])}`;
}

/** Enough of a long list to recognise the schedule; --json has all of it. */
function printIndices(indices: readonly number[]): string {
  const shown = indices.slice(0, MOST_SHOWN).join(', ');
  return indices.length > MOST_SHOWN ? `${shown}, …` : shown;
}
