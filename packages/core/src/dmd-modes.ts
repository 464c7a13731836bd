import { eigenvalues, type Eigenvalue } from './eigenvalues.js';
import { invalidArgument } from './forecast-error.js';
import { MAX_HISTORY } from './forecast-rule.js';
import { innerProduct } from './inner-product.js';
import { pronyRows, radiusOf } from './prony-equations.js';
import { orthogonalRows, type OrthogonalRows } from './solve-linear.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Fewest snapshots that a dynamic mode decomposition is made from. */
export const MIN_SNAPSHOTS = 4;

/** A mode that grows more than this per spacing is noise: no feature of a converging run does. */
export const MAX_SPECTRAL_RADIUS = 2;

/** Equations whose rows differ by less say the same: about where rounding would decide between them. */
const SAME_MODE = 1e-10;

/** Snapshots by their inner products. */
export interface DmdOptions {
  /**
   * Inner products of the newest MIN_SNAPSHOTS .. MAX_HISTORY features, newest first, symmetric, the
   * features equally spaced. Float64 sums: rounding to float32 looks like modes at the default tolerance.
   */
  readonly gram: readonly (readonly number[])[];
  /** Singular values at or below this part of the largest are dropped; >= 0 and < 1, default 1e-4. */
  readonly rankTolerance?: number;
  /** Tikhonov damping of the inverse singular values, relative to the largest squared; >= 0, default 0. */
  readonly ridge?: number;
}

/**
 * Why no weights. `not-finite`: the Gram matrix is not; `no-signal`: all older features are 0;
 * `not-converged`: no eigenvalues; `growing-modes`: one beyond MAX_SPECTRAL_RADIUS; `large-weights`: their
 * sum is beyond MAX_WEIGHT_GAIN. All but the last are known from the modes.
 */
export type DmdFallbackReason =
  | 'not-finite'
  | 'no-signal'
  | 'not-converged'
  | 'growing-modes'
  | 'large-weights';

/** The caller must forecast otherwise. */
export interface DmdFallback {
  readonly kind: 'fallback';
  readonly reason: DmdFallbackReason;
}

/** How the features move from one snapshot to the next, or why that is not known. */
export type DmdModes =
  | {
      readonly kind: 'modes';
      /** Snapshots that they were found in. */
      readonly snapshots: number;
      /** What each mode is multiplied by per spacing, fastest growing first. */
      readonly modes: readonly Eigenvalue[];
      /** What weights must do to follow the modes, ready to be solved for any distance. */
      readonly equations: OrthogonalRows;
    }
  | DmdFallback;

/**
 * The modes of a dynamic mode decomposition, from inner products alone, so that features stay where they are: the
 * expensive half (an SVD and an eigenvalue problem), done once a full call. `dmdWeights` makes forecasts of them.
 *
 * The modes are those of DMD (Schmid 2010; for diffusion features hicache-pp): with X the older and X' the
 * newer snapshots and X = U S V^T cut at the rank tolerance, the eigenvalues of U^T X' V S^-1. As
 * X^T X = V S^2 V^T, all of it follows from the Gram matrix: U^T X' = S^-1 V^T (X^T X').
 */
export function dmdModes(options: DmdOptions): DmdModes {
  const { gram, rankTolerance, ridge } = compileDmdOptions(options);
  if (!gram.flat().every(Number.isFinite)) return dmdFallback('not-finite');
  const operator = reducedOperator({ gram: normalised(gram), rankTolerance, ridge });
  if (operator.length === 0) return dmdFallback('no-signal');
  const modes = eigenvalues(operator)?.sort((a, b) => radiusOf(b) - radiusOf(a));
  if (!modes) return dmdFallback('not-converged');
  if (!modes.every((mode) => radiusOf(mode) <= MAX_SPECTRAL_RADIUS)) {
    return dmdFallback('growing-modes');
  }
  const rows = pronyRows(modes, gram.length);
  const equations = orthogonalRows({ rows, tolerance: SAME_MODE });
  return { kind: 'modes', snapshots: gram.length, modes, equations };
}

/** No forecast by modes. */
export function dmdFallback(reason: DmdFallbackReason): DmdFallback {
  return { kind: 'fallback', reason };
}

/** The matrix over its largest diagonal element, so that no product over- or underflows. */
function normalised(gram: readonly (readonly number[])[]): number[][] {
  const largest = Math.max(...gram.map((row, i) => row[i] ?? NaN));
  return gram.map((row) => row.map((value) => (largest > 0 ? value / largest : 0)));
}

/** U^T X' V S^-1, rank x rank; empty when X is 0. Column j of X is snapshot j + 1, that of X' snapshot j. */
function reducedOperator({ gram, rankTolerance, ridge }: Required<DmdOptions>) {
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

function compileDmdOptions(options: DmdOptions): Required<DmdOptions> {
  const { gram, rankTolerance = 1e-4, ridge = 0 } = options;
  if (gram.length < MIN_SNAPSHOTS || gram.length > MAX_HISTORY) {
    const rule = `between ${MIN_SNAPSHOTS} and ${MAX_HISTORY}`;
    throw invalidArgument('gram.length', rule, gram.length);
  }
  gram.forEach((row, i) => {
    if (row.length === gram.length) return;
    throw invalidArgument(`gram[${i}].length`, `gram.length (${gram.length})`, row.length);
  });
  if (!(rankTolerance >= 0 && rankTolerance < 1)) {
    throw invalidArgument('rankTolerance', 'a number >= 0 and < 1', rankTolerance);
  }
  if (!Number.isFinite(ridge) || ridge < 0) {
    throw invalidArgument('ridge', 'a finite number >= 0', ridge);
  }
  return { gram, rankTolerance, ridge };
}
