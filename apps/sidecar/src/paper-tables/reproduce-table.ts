import { compileRunPlan, createPolicy } from '@forecache/cache-policy';
import {
  fullCallFlops,
  layerTable,
  publishedFlops,
  type LayerTable,
} from '@forecache/model-catalog';
import { planCost } from '../cost/plan-cost.js';
import { publishedTeraFlops } from '../cost/published-tera-flops.js';
import { knownCallFlops, printCallCounts, type CallCount } from './known-call.js';
import type { Fit, PaperRow, PaperTable, PublishedCost, Schedule } from './paper-table.js';

/**
 * - `match`: the method's schedule gives the printed TFLOPs.
 * - `other-calls`: it does not; the calls of the row's fit do.
 * - `measured`: the method decides from measurements, so it has no schedule before the run.
 * - `differs`: we have nothing that gives the printed TFLOPs.
 */
export type Verdict = 'match' | 'other-calls' | 'measured' | 'differs';

/** The cost of a schedule, printed as the table prints. */
export interface ReproducedCost extends PublishedCost {
  readonly fullCalls: number;
  readonly calls: number;
  /** The policy with its options, and what its host does besides. */
  readonly schedule: string;
}

/** One row beside what we make of it. */
export interface ReproducedRow {
  readonly method: string;
  readonly published: PublishedCost;
  /** Null where the method has no schedule. */
  readonly ours: ReproducedCost | null;
  /** What comes closer, in words. */
  readonly fit: { readonly teraFlops: number; readonly calls: string } | null;
  /** Full calls whose cost is the printed one. */
  readonly impliedFullCalls: number;
  readonly verdict: Verdict;
  /** What the printed TFLOPs make of the speed-up, where it is not the printed one. */
  readonly impliedSpeedup: number | null;
  readonly note: string;
}

/** One table beside what we make of it. */
export interface ReproducedTable extends Omit<PaperTable, 'rows'> {
  readonly rows: readonly ReproducedRow[];
}

/** Largest difference of numbers as printed that counts as none, in their own unit. */
const TOLERANCE = 0.01;

/** Counts every row of a table with the schedules that policies make. */
export function reproduceTable(table: PaperTable): ReproducedTable {
  const counted: CountedTable = { ...table, layers: layerTable(table.model) };
  return { ...table, rows: table.rows.map((row) => reproduceRow(counted, row)) };
}

/** A table with the layers of its model. */
interface CountedTable extends PaperTable {
  readonly layers: LayerTable;
}

function reproduceRow(table: CountedTable, row: PaperRow): ReproducedRow {
  const { layers } = table;
  const { method, published, schedule, fit, note = '' } = row;
  const ours = schedule === null ? null : costOf(table, schedule);
  const fitted = fit === undefined ? null : fitCost(table, fit);
  const isSame = (cost: { readonly teraFlops: number } | null) =>
    cost !== null && isWithin(cost.teraFlops, published.teraFlops);
  const fullTeraFlops = publishedFlops(layers, fullCallFlops(layers)) / 1e12;
  return {
    method,
    published,
    ours,
    fit: fitted,
    impliedFullCalls: round(published.teraFlops / (layers.branches * fullTeraFlops), 2),
    verdict: verdictOf(ours, isSame(ours), isSame(fitted)),
    impliedSpeedup: impliedSpeedup(table, published),
    note,
  };
}

function verdictOf(ours: ReproducedCost | null, isOurs: boolean, isFitted: boolean): Verdict {
  if (ours === null) return 'measured';
  if (isOurs) return 'match';
  return isFitted ? 'other-calls' : 'differs';
}

function costOf(table: CountedTable, schedule: Schedule): ReproducedCost {
  const { decimals } = table;
  const { teraFlops, ...rest } = countSchedule(table, schedule);
  return {
    teraFlops: round(teraFlops, decimals.teraFlops),
    speedup: round(fullCompute(table) / teraFlops, decimals.speedup),
    ...rest,
  };
}

/** The same with all its digits. */
function countSchedule(
  { steps, layers }: CountedTable,
  { policy: spec, attentionReuse = 'nothing' }: Schedule,
): Omit<ReproducedCost, 'speedup'> {
  const policy = createPolicy(spec);
  const plan = compileRunPlan({ policy, run: { steps, calls: steps, network: layers } });
  const { perCall } = planCost(layers, plan, { attentionReuse });
  const again = attentionReuse === 'projection' ? ', reused attention projected again' : '';
  return {
    teraFlops: publishedTeraFlops(layers, perCall),
    fullCalls: plan.fullCalls.length,
    calls: plan.calls.length,
    schedule: `${plan.policy}${again}`,
  };
}

function fitCost(table: CountedTable, { schedule, calls = [] }: Fit): ReproducedRow['fit'] {
  const base = schedule === undefined ? null : countSchedule(table, schedule);
  const words = [
    ...(base === null ? [] : [base.schedule]),
    ...(calls.length === 0 ? [] : [printCallCounts(calls)]),
  ];
  const teraFlops = (base?.teraFlops ?? 0) + callsTeraFlops(table, calls);
  return { teraFlops: round(teraFlops, table.decimals.teraFlops), calls: words.join(' + ') };
}

function callsTeraFlops({ layers }: CountedTable, calls: readonly CallCount[]): number {
  const flops = calls.map(
    ([count, call]) => count * publishedFlops(layers, knownCallFlops(layers, call)),
  );
  return (layers.branches * flops.reduce((sum, part) => sum + part, 0)) / 1e12;
}

/** TFLOPs of the run without any policy. */
function fullCompute({ steps, layers }: CountedTable): number {
  return publishedTeraFlops(layers, new Array<number>(steps).fill(fullCallFlops(layers)));
}

/** The table's own quotient, as printed there; null where it is the printed speed-up. */
function impliedSpeedup(table: CountedTable, { teraFlops, speedup }: PublishedCost): number | null {
  const { decimals } = table;
  const quotient = round(fullCompute(table), decimals.teraFlops) / teraFlops;
  return isWithin(quotient, speedup) ? null : round(quotient, decimals.speedup);
}

/** Numbers as printed have few decimals; the rest is binary rounding. */
function isWithin(one: number, other: number): boolean {
  return Math.abs(one - other) <= TOLERANCE + 5e-7;
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
