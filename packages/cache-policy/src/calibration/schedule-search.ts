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
  const start = createStates(compiled);
  const front: FoundSchedule[] = [];
  let layer: ReadonlyMap<State, Beginning> = new Map([[start, { state: start, cost: 0 }]]);
  for (let count = 1; count <= search.fullCalls; count++) {
    front.push(finished(layer, search.calls));
    if (count < search.fullCalls) layer = extended(layer, compiled);
  }
  return front;
}

interface CompiledSearch extends ScheduleSearch {
  readonly places: readonly number[];
}

/** A history of full calls, newest first. There is one state of each, whatever the number of full calls before it. */
interface State {
  readonly newest: number;
  /** Cost of the gap from the newest full call to a later one; asked for once. */
  costOf(end: number): number;
  /** The state with one more full call. */
  after(call: number): State;
}

/** The best way to a state. */
interface Beginning {
  readonly state: State;
  readonly cost: number;
  readonly before?: Beginning;
}

function extended(
  layer: ReadonlyMap<State, Beginning>,
  { places }: CompiledSearch,
): Map<State, Beginning> {
  const next = new Map<State, Beginning>();
  for (const before of layer.values()) {
    const { state } = before;
    for (const call of places) {
      if (call <= state.newest) continue;
      const cost = before.cost + state.costOf(call);
      const longer = state.after(call);
      const known = next.get(longer);
      if (known === undefined || cost < known.cost)
        next.set(longer, { state: longer, cost, before });
    }
  }
  return next;
}

function finished(layer: ReadonlyMap<State, Beginning>, calls: number): FoundSchedule {
  let best: { readonly beginning: Beginning; readonly cost: number } | undefined;
  for (const beginning of layer.values()) {
    const cost = beginning.cost + beginning.state.costOf(calls);
    if (best === undefined || cost < best.cost) best = { beginning, cost };
  }
  const fullCalls: number[] = [];
  for (let at = best?.beginning; at !== undefined; at = at.before)
    fullCalls.unshift(at.state.newest);
  return { fullCalls, cost: best?.cost ?? NaN };
}

/** Answers the state of call 0 alone. */
function createStates({ calls, history: size, gapCost }: CompiledSearch): State {
  const known = new Map<number, State>();
  const stateOf = (history: readonly number[]): State => {
    // Digits in base calls + 1, 0 where the history is shorter: no strings, which take most of the time.
    const key = history.reduce((sum, call) => sum * (calls + 1) + call + 1, 0);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = createState(history);
    known.set(key, made);
    return made;
  };
  const createState = (history: readonly number[]): State => {
    const costs = new Float64Array(calls + 1).fill(NaN);
    const after: (State | undefined)[] = [];
    return {
      newest: history[0] ?? NaN,
      costOf(end) {
        const seen = costs[end] ?? NaN;
        return Number.isNaN(seen) ? (costs[end] = checkedCost(gapCost, history, end)) : seen;
      },
      after: (call) => (after[call] ??= stateOf([call, ...history].slice(0, size))),
    };
  };
  return stateOf([0]);
}

function checkedCost(gapCost: GapCost, history: readonly number[], end: number): number {
  const cost = gapCost(history, end);
  if (cost >= 0) return cost;
  throw invalidArgument(`gapCost([${history.join()}], ${end})`, 'a number >= 0', cost);
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
