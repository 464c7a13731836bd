import { invalidArgument } from '@forecache/core';
import type { GapCost } from './gap-cost.js';

/** Most stored features that an exact search can look back on: its states are as many calls. */
export const MAX_SEARCH_HISTORY = 3;

/** What a schedule is sought for. */
export interface ScheduleSearch {
  /** n, calls of the run, >= 1. */
  readonly calls: number;
  /** Most full calls of interest, 1 .. calls. */
  readonly fullCalls: number;
  /** Stored features that a forecast reads at most, 1 .. MAX_SEARCH_HISTORY. */
  readonly history: number;
  readonly gapCost: GapCost;
  /**
   * Calls where full ones may lie, rising; the first is 0. Default all. For long runs: the search takes as long as for a
   * run of so many calls.
   */
  readonly places?: readonly number[];
}

/** A schedule and what it costs. */
export interface FoundSchedule {
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** The sum of its gaps. */
  readonly cost: number;
}

/**
 * The best schedule for every number of full calls from 1 to `fullCalls`: the whole front in one go. Exact, by dynamic
 * programming over the newest `history` full calls, because the cost of a gap depends on nothing before them. Time and
 * memory grow with calls to the power of history.
 */
export function searchSchedules(search: ScheduleSearch): readonly FoundSchedule[] {
  const compiled = compileSearch(search);
  const cost = remembered(search.gapCost);
  const front: FoundSchedule[] = [];
  const start: Beginning = { history: [0], cost: 0, before: undefined };
  let layer = new Map([['0', start]]);
  for (let count = 1; count <= search.fullCalls; count++) {
    front.push(finished(layer, cost, search.calls));
    if (count < search.fullCalls) layer = extended(layer, cost, compiled);
  }
  return front;
}

interface CompiledSearch extends ScheduleSearch {
  readonly places: readonly number[];
}

/** The best way to a history of full calls, newest first. */
interface Beginning {
  readonly history: readonly number[];
  readonly cost: number;
  readonly before: Beginning | undefined;
}

/** Cost of the gap from the newest full call of a history to a later one. */
type CheckedCost = (history: readonly number[], end: number) => number;

function extended(
  layer: ReadonlyMap<string, Beginning>,
  cost: CheckedCost,
  { places, history: size }: CompiledSearch,
): Map<string, Beginning> {
  const next = new Map<string, Beginning>();
  for (const beginning of layer.values()) {
    for (const call of places) {
      if (call <= (beginning.history[0] ?? NaN)) continue;
      const total = beginning.cost + cost(beginning.history, call);
      const history = [call, ...beginning.history].slice(0, size);
      const key = history.join();
      const known = next.get(key);
      if (known === undefined || total < known.cost)
        next.set(key, { history, cost: total, before: beginning });
    }
  }
  return next;
}

function finished(
  layer: ReadonlyMap<string, Beginning>,
  costOf: CheckedCost,
  calls: number,
): FoundSchedule {
  let best: { readonly beginning: Beginning; readonly cost: number } | undefined;
  for (const beginning of layer.values()) {
    const cost = beginning.cost + costOf(beginning.history, calls);
    if (best === undefined || cost < best.cost) best = { beginning, cost };
  }
  const fullCalls: number[] = [];
  for (let at = best?.beginning; at !== undefined; at = at.before)
    fullCalls.unshift(at.history[0] ?? NaN);
  return { fullCalls, cost: best?.cost ?? NaN };
}

/** Asks once for every gap, whatever the number of full calls before its history. */
function remembered(gapCost: GapCost): CheckedCost {
  const known = new Map<string, Map<number, number>>();
  return (history, end) => {
    const key = history.join();
    let costs = known.get(key);
    if (costs === undefined) known.set(key, (costs = new Map()));
    const found = costs.get(end);
    if (found !== undefined) return found;
    const cost = gapCost(history, end);
    if (!(cost >= 0)) throw invalidArgument(`gapCost([${key}], ${end})`, 'a number >= 0', cost);
    costs.set(end, cost);
    return cost;
  };
}

function compileSearch(search: ScheduleSearch): CompiledSearch {
  const { calls, fullCalls, history } = search;
  const { places = Array.from({ length: calls }, (_, call) => call) } = search;
  assertBetween('calls', calls, [1, Infinity]);
  const areCalls = places.every(
    (call, i) => Number.isInteger(call) && call > (places[i - 1] ?? -1),
  );
  if (places[0] !== 0 || !areCalls || (places.at(-1) ?? NaN) >= calls)
    throw invalidArgument('places', `rising calls from 0 to ${calls - 1} at most`, places);
  assertBetween('fullCalls', fullCalls, [1, places.length]);
  assertBetween('history', history, [1, MAX_SEARCH_HISTORY]);
  return { ...search, places };
}

function assertBetween(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const rule =
    most === Infinity ? `an integer >= ${least}` : `an integer between ${least} and ${most}`;
  throw invalidArgument(name, rule, value);
}
