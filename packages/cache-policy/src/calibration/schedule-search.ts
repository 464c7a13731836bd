import { invalidArgument } from '@forecache/core';

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
  /**
   * What forecasting a call costs, >= 0, from the full calls before it, newest first: its squared error, times the square
   * of the sampler's step where the drift is meant. Asked once for each call and each history that a schedule can give it.
   */
  readonly errorOf: (target: number, sources: readonly number[]) => number;
}

/** A schedule and what it costs. */
export interface FoundSchedule {
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** The sum of `errorOf` over all other calls. */
  readonly cost: number;
}

/**
 * The best schedule for every number of full calls from 1 to `fullCalls`: the whole front in one go. Exact, by dynamic
 * programming over the newest `history` full calls, because the cost of a gap depends on nothing before them. Time and
 * memory grow with calls to the power of history.
 */
export function searchSchedules(search: ScheduleSearch): readonly FoundSchedule[] {
  assertSearch(search);
  const gaps = gapCosts(search);
  const front: FoundSchedule[] = [];
  const start: Beginning = { history: [0], cost: 0, before: undefined };
  let layer = new Map([['0', start]]);
  for (let count = 1; count <= search.fullCalls; count++) {
    front.push(finished(layer, gaps, search.calls));
    if (count < search.fullCalls) layer = extended(layer, gaps, search);
  }
  return front;
}

/** The best way to a history of full calls, newest first. */
interface Beginning {
  readonly history: readonly number[];
  readonly cost: number;
  readonly before: Beginning | undefined;
}

/** Cost of the calls between the newest full call of a history and a later one, by the later one. */
type GapCosts = (history: readonly number[]) => Float64Array;

function extended(
  layer: ReadonlyMap<string, Beginning>,
  gaps: GapCosts,
  { calls, history: size }: ScheduleSearch,
): Map<string, Beginning> {
  const next = new Map<string, Beginning>();
  for (const beginning of layer.values()) {
    const costs = gaps(beginning.history);
    for (let call = (beginning.history[0] ?? NaN) + 1; call < calls; call++) {
      const cost = beginning.cost + (costs[call] ?? NaN);
      const history = [call, ...beginning.history].slice(0, size);
      const key = history.join();
      const known = next.get(key);
      if (known === undefined || cost < known.cost)
        next.set(key, { history, cost, before: beginning });
    }
  }
  return next;
}

function finished(
  layer: ReadonlyMap<string, Beginning>,
  gaps: GapCosts,
  calls: number,
): FoundSchedule {
  let best: { readonly beginning: Beginning; readonly cost: number } | undefined;
  for (const beginning of layer.values()) {
    const cost = beginning.cost + (gaps(beginning.history)[calls] ?? NaN);
    if (best === undefined || cost < best.cost) best = { beginning, cost };
  }
  const fullCalls: number[] = [];
  for (let at = best?.beginning; at !== undefined; at = at.before)
    fullCalls.unshift(at.history[0] ?? NaN);
  return { fullCalls, cost: best?.cost ?? NaN };
}

/** Each history's costs are added up once, whatever the number of full calls before it. */
function gapCosts({ calls, errorOf }: ScheduleSearch): GapCosts {
  const known = new Map<string, Float64Array>();
  return (history) => {
    const key = history.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const costs = new Float64Array(calls + 1);
    for (let target = (history[0] ?? NaN) + 1; target < calls; target++) {
      const error = errorOf(target, history);
      if (!(error >= 0))
        throw invalidArgument(`errorOf(${target}, [${key}])`, 'a number >= 0', error);
      costs[target + 1] = (costs[target] ?? NaN) + error;
    }
    known.set(key, costs);
    return costs;
  };
}

function assertSearch({ calls, fullCalls, history }: ScheduleSearch): void {
  assertBetween('calls', calls, [1, Infinity]);
  assertBetween('fullCalls', fullCalls, [1, calls]);
  assertBetween('history', history, [1, MAX_SEARCH_HISTORY]);
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
