import { eigenvalues, type Eigenvalue } from './eigenvalues.js';
import { invalidArgument } from './forecast-error.js';
import { MAX_HISTORY } from './forecast-rule.js';
import { innerProduct } from './inner-product.js';
import { shortestSolution } from './solve-linear.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Fewest snapshots that a dynamic mode decomposition is made from. */
export const MIN_SNAPSHOTS = 4;

/** A mode that grows more than this per spacing is noise: no feature of a converging run does. */
export const MAX_SPECTRAL_RADIUS = 2;

/** Largest sum of |weights|, by which errors of the features can grow. TaylorSeer's is 4 at order 2. */
export const MAX_WEIGHT_GAIN = 100;

/** Equations whose rows differ by less say the same: about where rounding would decide between them. */
const SAME_MODE = 1e-10;

/** Snapshots by their inner products, and how far to look ahead. */
export interface DmdOptions {
  /**
   * Inner products of the newest MIN_SNAPSHOTS .. MAX_HISTORY features, newest first, symmetric, the
   * features equally spaced. Float64 sums: rounding to float32 looks like modes at the default tolerance.
   */
  readonly gram: readonly (readonly number[])[];
  /** kappa: (at - newest) / spacing, > 0; fractions are allowed. */
  readonly steps: number;
  /** Singular values at or below this part of the largest are dropped; >= 0 and < 1, default 1e-4. */
  readonly rankTolerance?: number;
  /** Tikhonov damping of the inverse singular values, relative to the largest squared; >= 0, default 0. */
  readonly ridge?: number;
}

/**
 * Why no weights. `not-finite`: the Gram matrix is not; `no-signal`: all older features are 0;
 * `not-converged`: no eigenvalues; `growing-modes`, `large-weights`: beyond the limits above.
 */
export type DmdFallbackReason =
  | 'not-finite'
  | 'no-signal'
  | 'not-converged'
  | 'growing-modes'
  | 'large-weights';

/** Weights, or why the caller must forecast otherwise. */
export type DmdResult =
  | {
      readonly kind: 'weights';
      /** Newest first; they sum to 1. */
      readonly weights: readonly number[];
      /** What each mode is multiplied by per spacing, fastest growing first. */
      readonly modes: readonly Eigenvalue[];
    }
  | { readonly kind: 'fallback'; readonly reason: DmdFallbackReason };

/**
 * Weights of a dynamic mode decomposition, from inner products alone, so that features stay where they are.
 * Exact for sums of at most gram.length - 1 exponentials lambda^s, real or in conjugate pairs, a constant
 * among them or not, when each has a direction of its own and shows above the rank tolerance.
 *
 * The modes are those of DMD (Schmid 2010; for diffusion features hicache-pp): with X the older and X' the
 * newer snapshots and X = U S V^T cut at the rank tolerance, the eigenvalues of U^T X' V S^-1. As
 * X^T X = V S^2 V^T, all of it follows from the Gram matrix: U^T X' = S^-1 V^T (X^T X').
 *
 * The weights are Prony's: they must sum to 1 and move every mode as it moves itself, the sum over j of
 * w_j lambda^-j = lambda^kappa. Of all such w this is the nearest to (1, 0, ...), so that what no mode
 * explains is reused. It agrees with DMD's eigenvectors and amplitudes on the sums above, needs neither,
 * and keeps its head where they lose theirs: at multiple modes (a straight line is a double one at 1) the
 * equations turn into derivatives of each other, and of a mode that is gone after one spacing they ask no
 * more than that the oldest feature counts for nothing. A conjugate pair gives two real equations; of a
 * negative mode the real part is taken.
 */
export function dmdWeights(options: DmdOptions): DmdResult {
  const { gram, steps, rankTolerance, ridge } = compileDmdOptions(options);
  if (!gram.flat().every(Number.isFinite)) return fallback('not-finite');
  const operator = reducedOperator({ gram: normalised(gram), rankTolerance, ridge });
  if (operator.length === 0) return fallback('no-signal');
  const modes = eigenvalues(operator)?.sort((a, b) => radiusOf(b) - radiusOf(a));
  if (!modes) return fallback('not-converged');
  if (!modes.every((mode) => radiusOf(mode) <= MAX_SPECTRAL_RADIUS)) {
    return fallback('growing-modes');
  }
  const weights = pronyWeights(modes, gram.length, steps);
  const gain = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (!(gain <= MAX_WEIGHT_GAIN)) return fallback('large-weights');
  return { kind: 'weights', weights, modes };
}

function fallback(reason: DmdFallbackReason): DmdResult {
  return { kind: 'fallback', reason };
}

/** The matrix over its largest diagonal element, so that no product over- or underflows. */
function normalised(gram: readonly (readonly number[])[]): number[][] {
  const largest = Math.max(...gram.map((row, i) => row[i] ?? NaN));
  return gram.map((row) => row.map((value) => (largest > 0 ? value / largest : 0)));
}

/** U^T X' V S^-1, rank x rank; empty when X is 0. Column j of X is snapshot j + 1, that of X' snapshot j. */
function reducedOperator({ gram, rankTolerance, ridge }: Required<Omit<DmdOptions, 'steps'>>) {
  const ofOlder = gram.slice(1).map((row) => row.slice(1));
  const olderByNewer = gram.slice(1).map((row) => row.slice(0, -1));
  const { values, vectors } = symmetricEigen(ofOlder);
  const largest = values[0] ?? 0;
  const smallest = rankTolerance ** 2 * largest;
  const kept = values.flatMap((square, k) =>
    square > smallest ? [{ singular: Math.sqrt(square), vector: vectors[k] ?? [] }] : [],
  );
  return kept.map((left) =>
    kept.map((right) => {
      const inverse = right.singular / (right.singular ** 2 + ridge * largest);
      const product = olderByNewer.map((row) => innerProduct(row, right.vector));
      return (innerProduct(left.vector, product) * inverse) / left.singular;
    }),
  );
}

/** The weights nearest to (1, 0, ...) that sum to 1 and move every mode. */
function pronyWeights(modes: readonly Eigenvalue[], count: number, steps: number): number[] {
  const equations = [
    { row: new Array<number>(count).fill(1), value: 0 },
    ...modes.flatMap((mode) => modeEquations(mode, count, steps)),
  ];
  const change = shortestSolution({
    rows: equations.map((equation) => equation.row),
    values: equations.map((equation) => equation.value),
    tolerance: SAME_MODE,
  });
  return change.map((weight, j) => (j === 0 ? 1 : 0) + weight);
}

/**
 * The sum of change_j lambda^-j = lambda^kappa - 1, its real and its imaginary part, times the power of
 * |lambda| that keeps a row's largest factor at 1.
 */
function modeEquations(mode: Eigenvalue, count: number, steps: number) {
  if (mode.im < 0) return [];
  const radius = radiusOf(mode);
  const angle = Math.atan2(mode.im, mode.re);
  const lift = radius < 1 ? count - 1 : 0;
  const power = (exponent: number, part: (angle: number) => number) =>
    radius ** (exponent + lift) * part(exponent * angle);
  const equation = (part: (angle: number) => number) => ({
    row: Array.from({ length: count }, (_, j) => power(-j, part)),
    value: power(steps, part) - power(0, part),
  });
  return mode.im > 0 ? [equation(Math.cos), equation(Math.sin)] : [equation(Math.cos)];
}

function radiusOf({ re, im }: Eigenvalue): number {
  return Math.hypot(re, im);
}

function compileDmdOptions(options: DmdOptions): Required<DmdOptions> {
  const { gram, steps, rankTolerance = 1e-4, ridge = 0 } = options;
  if (gram.length < MIN_SNAPSHOTS || gram.length > MAX_HISTORY) {
    const rule = `between ${MIN_SNAPSHOTS} and ${MAX_HISTORY}`;
    throw invalidArgument('gram.length', rule, gram.length);
  }
  gram.forEach((row, i) => {
    if (row.length === gram.length) return;
    throw invalidArgument(`gram[${i}].length`, `gram.length (${gram.length})`, row.length);
  });
  if (!Number.isFinite(steps) || steps <= 0) {
    throw invalidArgument('steps', 'a finite number > 0', steps);
  }
  if (!(rankTolerance >= 0 && rankTolerance < 1)) {
    throw invalidArgument('rankTolerance', 'a number >= 0 and < 1', rankTolerance);
  }
  if (!Number.isFinite(ridge) || ridge < 0) {
    throw invalidArgument('ridge', 'a finite number >= 0', ridge);
  }
  return { gram, steps, rankTolerance, ridge };
}
