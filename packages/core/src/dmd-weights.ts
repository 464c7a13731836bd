import { dmdFallback, type DmdFallback, type DmdModes } from './dmd-modes.js';
import { invalidArgument } from './forecast-error.js';
import { pronyValues } from './prony-equations.js';
import { solveShortest } from './solve-linear.js';

/** Largest sum of |weights|, by which errors of the features can grow. TaylorSeer's is 4 at order 2. */
export const MAX_WEIGHT_GAIN = 100;

/** Weights, or why the caller must forecast otherwise. */
export type DmdResult =
  | {
      readonly kind: 'weights';
      /** Newest first; they sum to 1. */
      readonly weights: readonly number[];
    }
  | DmdFallback;

/**
 * Weights of a forecast by dynamic modes, `steps` spacings (> 0, fractions allowed) after the newest snapshot: the
 * cheap half of a decomposition, done once a call. Modes that were not found stay so: their reason is the answer.
 * Exact for sums of at most snapshots - 1 exponentials lambda^s, real or in conjugate pairs, a constant
 * among them or not, when each has a direction of its own and shows above the rank tolerance.
 *
 * The weights are Prony's: they must sum to 1 and move every mode as it moves itself, the sum over j of
 * w_j lambda^-j = lambda^kappa. Of all such w this is the nearest to (1, 0, ...), so that what no mode
 * explains is reused. It agrees with DMD's eigenvectors and amplitudes on the sums above, needs neither,
 * and keeps its head where they lose theirs: at multiple modes (a straight line is a double one at 1) the
 * equations turn into derivatives of each other, and of a mode that is gone after one spacing they ask no
 * more than that the oldest feature counts for nothing. A conjugate pair gives two real equations; of a
 * negative mode the real part is taken.
 */
export function dmdWeights(found: DmdModes, steps: number): DmdResult {
  if (!Number.isFinite(steps) || steps <= 0) {
    throw invalidArgument('steps', 'a finite number > 0', steps);
  }
  if (found.kind === 'fallback') return found;
  const { modes, snapshots, equations } = found;
  const change = solveShortest(equations, pronyValues(modes, snapshots, steps));
  const weights = change.map((difference, j) => (j === 0 ? 1 : 0) + difference);
  const gain = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  return gain <= MAX_WEIGHT_GAIN ? { kind: 'weights', weights } : dmdFallback('large-weights');
}
