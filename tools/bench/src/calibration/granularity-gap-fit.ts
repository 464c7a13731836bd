import type { CallWeights, WalkFitOptions } from '@forecache/cache-policy';
import {
  fitWeights,
  forecastWeights,
  invalidArgument,
  sumGrams,
  type TrajectoryGram,
} from '@forecache/core';

/** The calls between two full ones, and what their forecasts read. */
export interface FeatureGap {
  /** Full calls, newest first: indices and positions of stored features. */
  readonly sources: readonly FeatureCall[];
  /** Skipped calls, in order. */
  readonly targets: readonly FeatureCall[];
}

/** A call of a run. */
export interface FeatureCall {
  readonly call: number;
  /** Timestep, sigma or call index; strictly monotone over the run. */
  readonly position: number;
}

/** The gaps of a schedule, one a full call; `positions` has one entry a call of the run. */
export function featureGaps(
  fullCalls: readonly number[],
  positions: readonly number[],
  history: number,
): readonly FeatureGap[] {
  const at = (call: number): FeatureCall => ({ call, position: positions[call] ?? NaN });
  return fullCalls.map((first, gap) => {
    const end = fullCalls[gap + 1] ?? positions.length;
    const skipped = Array.from({ length: end - first - 1 }, (_, i) => at(first + 1 + i));
    const read = fullCalls.slice(Math.max(0, gap + 1 - history), gap + 1).reverse();
    return { sources: read.map(at), targets: skipped };
  });
}

/**
 * Several sites as one, so that they share weights: each Gram is divided by its mean squared norm, so that an error counts
 * by how large it is beside the site's own features. A site whose features are all zero counts nothing.
 */
export function joinSiteGrams(sites: readonly TrajectoryGram[]): TrajectoryGram {
  return sumGrams(
    sites.map(({ products }) => {
      const norms = products.reduce((sum, row, i) => sum + (row[i] ?? NaN), 0);
      const scale = norms === 0 ? 0 : products.length / norms;
      return { products: products.map((row) => row.map((product) => scale * product)) };
    }),
  );
}

/**
 * The weights of every skipped call of a gap: each minimises the squared error of the feature alone,
 * Σ_sites ‖Σ_j w_j F_j - F_s‖² + λ μ ‖w - w_line‖², w_line the line through the newest two features and μ the sources' mean
 * squared norm. For features that act on the sample through the rest of the network, where errors of different calls do not
 * add up as those of outputs do.
 *
 * gram: inner products of the gap's sources, newest first, then of its targets.
 */
export function fitFeatureGap(
  gram: TrajectoryGram,
  { sources, targets }: FeatureGap,
  { ridge }: Pick<WalkFitOptions, 'ridge'>,
): readonly CallWeights[] {
  const size = sources.length + targets.length;
  if (gram.products.length !== size) {
    const rule = `${size}, sources and targets of the gap`;
    throw invalidArgument('gram.products.length', rule, gram.products.length);
  }
  if (!(ridge > 0 && ridge < Infinity))
    throw invalidArgument('ridge', 'a finite number > 0', ridge);
  const read = sources.map((_, i) => i);
  return targets.map(({ position }, i) => {
    const prior = lineThrough(sources, position);
    // Features that are all zero have nothing to fit.
    if (read.every((source) => gram.products[source]?.[source] === 0)) return prior;
    return fitWeights(gram, { target: sources.length + i, sources: read }, { ridge, prior });
  });
}

/** Newest first; zeros for the features that a line does not read. */
function lineThrough(sources: readonly FeatureCall[], at: number): number[] {
  const history = sources.slice(0, 2).reverse();
  const { weights } = forecastWeights({ forecaster: 'newton', order: 1, history, at });
  return sources.map((_, j) => weights[j] ?? 0);
}
