import { measuredBounds, type MeasuredRun } from '../cost/measured-bounds.js';
import { printBytes, printFlops } from '../cost/print-quantity.js';
import { publishedTeraFlops } from '../cost/published-tera-flops.js';
import type { PlannedCost } from './plan-static.js';

/** One end of what constant changes make of a policy. */
interface MeasuredEnd {
  /** Every change that was measured. */
  readonly change: number;
  readonly fullCalls: readonly number[];
  readonly flops: number;
  readonly tflops: number;
  readonly speedup: number;
  readonly cacheBytes: number;
}

/** What can be said before the run about a policy that decides from measurements. */
export interface DescribedMeasured {
  readonly model: string;
  readonly steps: number;
  readonly policy: string;
  readonly granularity: string;
  /** Scalars that each decision is made from. */
  readonly decidesFrom: readonly string[];
  readonly calls: number;
  readonly fewestFull: MeasuredEnd;
  readonly mostFull: MeasuredEnd;
  readonly warnings: readonly string[];
}

/** Plays the run with constant changes and counts both ends. */
export function describeMeasured(planned: PlannedCost): DescribedMeasured {
  const { policy, table, run, granularity } = planned;
  const { scalars, fewestFull, mostFull } = measuredBounds(planned);
  const reason = policy.explainFull(run);
  const describe = ({ change, fullCalls, cost }: MeasuredRun): MeasuredEnd => ({
    change,
    fullCalls,
    flops: cost.flops,
    tflops: publishedTeraFlops(table, cost.perCall),
    speedup: cost.speedup,
    cacheBytes: cost.cacheBytes,
  });
  return {
    model: table.model,
    steps: run.steps,
    policy: policy.toString(),
    granularity,
    decidesFrom: scalars,
    calls: run.calls,
    fewestFull: describe(fewestFull),
    mostFull: describe(mostFull),
    warnings: reason === null ? [] : [`nothing will be skipped: ${reason}`],
  };
}

/** The same for people. */
export function printMeasured(described: DescribedMeasured): string {
  const { policy, model, steps, granularity, decidesFrom, fewestFull, mostFull } = described;
  return [
    `${policy} on ${model}, ${steps} steps, granularity ${granularity}`,
    `decides each call from measurements (${printNames(decidesFrom)}): there is no plan before the run`,
    ...printEnds(described),
    `stored: ${printBytes(Math.max(fewestFull.cacheBytes, mostFull.cacheBytes))}`,
    ...described.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

/** Two lines, or one where both ends cost the same. */
function printEnds({ fewestFull, mostFull, calls }: DescribedMeasured): string[] {
  const had = 'had every change measured in the run been the same';
  if (fewestFull.flops === mostFull.flops) {
    return [`${had}, whatever it was:`, `  full calls: ${printEnd(fewestFull, calls)}`];
  }
  return [
    `${had}:`,
    `  fewest full calls: ${printEnd(fewestFull, calls)} (change ${fewestFull.change.toPrecision(3)})`,
    `  most full calls:   ${printEnd(mostFull, calls)} (change ${mostFull.change.toPrecision(3)})`,
  ];
}

function printEnd({ fullCalls, flops, speedup }: MeasuredEnd, calls: number): string {
  const cost = `${printFlops(flops)}, ${speedup.toFixed(2)}x fewer than full compute`;
  return `${fullCalls.length} of ${calls}: ${cost}`;
}

/** `gram.0.0, gram.0.1, gram.0.2, …`. */
function printNames(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
}
