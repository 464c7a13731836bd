import type { CallPosition } from './call-position.js';
import { invalidArgument } from './forecast-error.js';

/** Longest stretch of calls, from the oldest feature to the target, that the recursion is run over. */
export const MAX_FOCA_CALLS = 10_000;

/** Where to forecast, and by which reading of the paper. */
export interface FocaOptions {
  readonly at: number;
  readonly variant: 'literal' | 'anchored';
}

/** A feature, a slope or a change as numbers per history entry, oldest first. */
type Functional = readonly number[];

/** The recursion just after a full call. */
interface Anchor {
  /** F_0. */
  readonly feature: Functional;
  /** S: change per call between the last two full calls. */
  readonly slope: Functional;
  /** F'_0 - S; null where F'_0 is S. */
  readonly departure: Functional | null;
}

/**
 * FoCa's weights, newest first: the paper's recursion run on weights instead of tensors, from the oldest
 * entry to `at`. Source: FoCa, arXiv 2508.16211, with h = 1 call.
 *
 * BDF2 predicts 4/3 F_k - 1/3 F_{k-1} + 2/3 F'_k. With F'_k = F_k - F_{k-1} that is 2 F_k - F_{k-1}, whose
 * end slope is F'_k again, so one call of the recursion is
 *
 *     literal:   F_{k+1} = F_k + (S + F'_k) / 2            the corrector starts at the call before
 *     anchored:  F_{k+1} = F_0 + (k + 1) (S + F'_k) / 2    it starts at the newest full call, k = 0
 *
 * with S the change per call between the last two full calls. F_k and F_{k-1} may be predictions, and so
 * may the feature before a full call: there F'_0 = F_0 - its forecast of the call before, or S where no
 * forecast had a slope. Hence F_k = F_0 + k S + v_k (F'_0 - S) with numbers v_k: exact on a line at any
 * spacing. Leaving S undivided by its gap, as a public implementation does, is not (8.5 for 9 at N = 3).
 *
 * F'_0 - S in turn holds -v_{N-1} times that of the interval N before. For `literal` v_k is 1 - 2^-k. For
 * `anchored` -v_{N-1} is 0, 1, 2.5, 4.5 at N = 4, 5, 6, 7: from 6 on it diverges along the history. Few
 * entries keep both in check.
 *
 * The recursion counts calls, so positions must advance by one per call, up or down, and `at` must not
 * lie behind the newest entry.
 */
export function focaWeights(entries: readonly CallPosition[], options: FocaOptions): number[] {
  if (entries.length === 1) return [1];
  const callsAhead = countCalls(entries, options.at);
  return predict(lastAnchor(entries, options.variant), callsAhead, options.variant).toReversed();
}

/** Runs the recursion over the history: what the forecasts of an interval missed shapes the next one. */
function lastAnchor(entries: readonly CallPosition[], variant: FocaOptions['variant']): Anchor {
  const zero: Functional = entries.map(() => 0);
  let anchor: Anchor = { feature: zero.with(0, 1), slope: zero, departure: null };
  for (let i = 1; i < entries.length; i++) {
    const gap = (entries[i]?.call ?? NaN) - (entries[i - 1]?.call ?? NaN);
    const feature = zero.with(i, 1);
    const slope = combine([1 / gap, feature], [-1 / gap, anchor.feature]);
    const before = predict(anchor, gap - 1, variant);
    const departure = i === 1 ? null : combine([1, feature], [-1, before], [-1, slope]);
    anchor = { feature, slope, departure };
  }
  return anchor;
}

/** F_0 + k S + v_k (F'_0 - S). */
function predict(anchor: Anchor, k: number, variant: FocaOptions['variant']): Functional {
  const { feature, slope, departure } = anchor;
  const line = combine([1, feature], [k, slope]);
  return departure ? combine([1, line], [departureAfter(k, variant), departure]) : line;
}

/** v_k: the recursion for F_0 = S = 0 and F'_0 = 1. */
function departureAfter(calls: number, variant: FocaOptions['variant']): number {
  let [value, change] = [0, 1];
  for (let k = 0; k < calls; k++) {
    const next = variant === 'literal' ? value + change / 2 : ((k + 1) * change) / 2;
    [value, change] = [next, next - value];
  }
  return value;
}

/** The sum of factor * functional. */
function combine(...terms: readonly (readonly [number, Functional])[]): Functional {
  const length = terms[0]?.[1].length ?? 0;
  return Array.from({ length }, (_, j) =>
    terms.reduce((sum, [factor, term]) => sum + factor * (term[j] ?? NaN), 0),
  );
}

/** Calls from the newest feature to `at`. */
function countCalls(entries: readonly CallPosition[], at: number): number {
  const [oldest, newest] = [entries[0], entries.at(-1)];
  const direction = Math.sign((newest?.position ?? NaN) - (oldest?.position ?? NaN));
  const isPerCall = ({ call, position }: CallPosition) =>
    direction * (position - (oldest?.position ?? NaN)) === call - (oldest?.call ?? NaN);
  if (!entries.every(isPerCall)) {
    const positions = entries.map((entry) => entry.position);
    throw invalidArgument('history positions', 'one apart per call for foca', positions);
  }
  const calls = direction * (at - (newest?.position ?? NaN));
  if (!Number.isInteger(calls) || calls < 0) {
    const rule = `a whole number of calls past the newest position ${newest?.position} for foca`;
    throw invalidArgument('at', rule, at);
  }
  if (direction * (at - (oldest?.position ?? NaN)) > MAX_FOCA_CALLS) {
    const rule = `within ${MAX_FOCA_CALLS} calls of position ${oldest?.position} for foca`;
    throw invalidArgument('at', rule, at);
  }
  return calls;
}
