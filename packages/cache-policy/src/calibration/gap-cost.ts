import { innerProduct, solveSymmetric, type TrajectoryGram } from '@forecache/core';

/**
 * What a gap costs: the calls between the newest full call of a history (newest first) and the next full call `end`, which
 * is the number of calls for the last gap. >= 0; 0 where the next full call follows at once.
 */
export type GapCost = (history: readonly number[], end: number) => number;

/** What forecasting one call costs from full calls before it, newest first; >= 0. */
export type CallCost = (target: number, sources: readonly number[]) => number;

/** A gap costs what its calls cost, each by itself. */
export function addUpCalls(costOf: CallCost): GapCost {
  return (history, end) => {
    let cost = 0;
    for (let call = (history[0] ?? NaN) + 1; call < end; call++) cost += costOf(call, history);
    return cost;
  };
}

/** What the drift of a gap is computed from. */
export interface DriftOptions {
  /** Of the network's outputs over the calls of recorded full runs. */
  readonly gram: TrajectoryGram;
  /** h by call: how much the final sample moves with the output. `finalSteps` of the sampler's response. */
  readonly steps: readonly number[];
  /** Factor by which an error before call s has grown at the end of the run, for s = 0 .. calls. Default 1. */
  readonly growth?: readonly number[];
  /** Ridge of the weights, relative to the mean squared norm of the features; > 0. Default 1e-6. */
  readonly ridge?: number;
}

/**
 * ‖Σ_c h_c (v̂_c - v_c)‖² over the calls of a gap, with the weights that make it smallest: how far the gap's forecasts move
 * the final sample to first order, errors that cancel inside the gap being seen to cancel. All forecasts of a gap together are
 * one combination of the history, so that is one small solve. Sums over gaps come from prefix sums; a history is
 * inverted once for all its gaps.
 */
export function driftOfGap({ gram, steps, growth, ridge = 1e-6 }: DriftOptions): GapCost {
  const sums = prefixSums(gram, steps);
  const inverseOf = createInverses((history) => invert(gram, history, ridge));
  return (history, end) => {
    const first = (history[0] ?? NaN) + 1;
    if (end <= first) return 0;
    const inverse = inverseOf(history);
    const right = history.map((call) => sums.withCall(call, first, end));
    const weights = inverse.map((row) => innerProduct(row, right));
    const fitted = history.map((call) =>
      history.reduce((sum, other, j) => sum + at(gram, call, other) * (weights[j] ?? NaN), 0),
    );
    const squared = Math.max(
      0,
      sums.squared(first, end) - 2 * innerProduct(weights, right) + innerProduct(weights, fitted),
    );
    return (growth?.[end] ?? 1) ** 2 * squared;
  };
}

/** Searches ask for one history again and again: the newest one is known without its name. */
function createInverses(invertOf: (history: readonly number[]) => number[][]) {
  const known = new Map<string, number[][]>();
  let newest: { readonly history: readonly number[]; readonly inverse: number[][] } | null = null;
  return (history: readonly number[]): number[][] => {
    if (newest?.history === history) return newest.inverse;
    const key = history.join();
    const inverse = known.get(key) ?? invertOf(history);
    known.set(key, inverse);
    newest = { history, inverse };
    return inverse;
  };
}

/** Inner products with s = Σ h_c v_c over the calls first .. end - 1. */
interface GapSums {
  withCall(call: number, first: number, end: number): number;
  squared(first: number, end: number): number;
}

function prefixSums(gram: TrajectoryGram, steps: readonly number[]): GapSums {
  const calls = gram.products.length;
  /** rows[i][b] = Σ_{c < b} h_c ⟨v_i, v_c⟩ */
  const rows = gram.products.map((row) => {
    const sums = new Float64Array(calls + 1);
    for (let c = 0; c < calls; c++)
      sums[c + 1] = (sums[c] ?? NaN) + (steps[c] ?? NaN) * (row[c] ?? NaN);
    return sums;
  });
  const withCall = (call: number, first: number, end: number) =>
    (rows[call]?.[end] ?? NaN) - (rows[call]?.[first] ?? NaN);
  /** blocks[a][b] = Σ_{i < a} Σ_{j < b} h_i h_j ⟨v_i, v_j⟩ */
  const blocks = [new Float64Array(calls + 1)];
  for (let i = 0; i < calls; i++) {
    const before = blocks[i];
    const h = steps[i] ?? NaN;
    blocks.push(Float64Array.from(rows[i] ?? [], (sum, b) => (before?.[b] ?? NaN) + h * sum));
  }
  const block = (a: number, b: number) => blocks[a]?.[b] ?? NaN;
  return {
    withCall,
    squared: (first, end) => block(end, end) - 2 * block(first, end) + block(first, first),
  };
}

function invert(gram: TrajectoryGram, history: readonly number[], ridge: number): number[][] {
  const pull =
    (ridge * history.reduce((sum, call) => sum + at(gram, call, call), 0)) / history.length;
  const matrix = history.map((row, i) =>
    history.map((column, j) => at(gram, row, column) + (i === j ? pull : 0)),
  );
  return history.map((_, i) => {
    const unit = history.map((__, j) => (i === j ? 1 : 0));
    // Features that are all zero have nothing to fit.
    return solveSymmetric(matrix, unit) ?? unit.map(() => 0);
  });
}

function at(gram: TrajectoryGram, i: number, j: number): number {
  return gram.products[i]?.[j] ?? NaN;
}
