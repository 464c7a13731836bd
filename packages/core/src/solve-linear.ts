import { innerProduct, norm } from './inner-product.js';

/** Left sides of equations with at least as many unknowns: rows[i] · x. */
export interface LinearRows {
  readonly rows: readonly (readonly number[])[];
  /**
   * Equations are dropped whose row, relative to its length, has no more than this to add to the rows
   * before. Default: none is, and rows that depend on each other give a solution that is not finite.
   */
  readonly tolerance?: number;
}

/** Equations rows[i] · x = values[i]. */
export interface LinearSystem extends LinearRows {
  readonly values: readonly number[];
}

/** Left sides made orthogonal, to be solved for any right sides. */
export interface OrthogonalRows {
  readonly unknowns: number;
  readonly components: readonly Component[];
}

/** What is left of a row that others make up, relative to the row. */
const ROUNDING = 8 * Number.EPSILON;

/** Gram-Schmidt leaves directions orthogonal to rounding when it is done twice. */
const PASSES = 2;

/** One direction of the row space: what is new in a row. */
interface Component {
  /** Whose row it is. */
  readonly equation: number;
  readonly direction: readonly number[];
  /** Of the row along the components before, pass by pass. */
  readonly alongs: readonly number[];
  /** Of what is new, before it became a direction; 0 when that is rounding. */
  readonly length: number;
}

/**
 * The shortest x that solves every equation, by Gram-Schmidt on the rows, twice each so that the
 * directions are orthogonal to rounding. Equations are taken in order: earlier ones are met most exactly.
 *
 * To reproduce a polynomial or a mode is such an equation on weights, and the shortest solution is what
 * least squares amounts to when it is asked for weights instead of coefficients.
 */
export function shortestSolution({ values, ...left }: LinearSystem): number[] {
  return solveShortest(orthogonalRows(left), values);
}

/** The part of a solution that takes most time and does not depend on the right sides. */
export function orthogonalRows({ rows, tolerance }: LinearRows): OrthogonalRows {
  const components: Component[] = [];
  rows.forEach((row, equation) => {
    const { newness, ...rest } = newDirection(components, row);
    const isKnown = tolerance !== undefined && newness <= tolerance;
    if (!isKnown) components.push({ equation, ...rest });
  });
  return { unknowns: rows[0]?.length ?? 0, components };
}

/** The shortest x for these right sides, one an equation. */
export function solveShortest(
  { unknowns, components }: OrthogonalRows,
  values: readonly number[],
): number[] {
  const coordinates: number[] = [];
  const solution = new Array<number>(unknowns).fill(0);
  for (const { equation, direction, alongs, length } of components) {
    let left = values[equation] ?? NaN;
    alongs.forEach((along, i) => (left -= along * (coordinates[i % coordinates.length] ?? NaN)));
    coordinates.push(left / length);
    addScaled(solution, left / length, direction);
  }
  return solution;
}

function newDirection(known: readonly Component[], row: readonly number[]) {
  const rest = [...row];
  const alongs: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { direction } of known) {
      const along = innerProduct(direction, rest);
      addScaled(rest, -along, direction);
      alongs.push(along);
    }
  }
  const newness = norm(rest) / norm(row);
  const length = newness > ROUNDING ? norm(rest) : 0;
  return { direction: rest.map((x) => x / length), alongs, length, newness };
}

function addScaled(sum: number[], factor: number, direction: readonly number[]): void {
  direction.forEach((x, i) => {
    sum[i] = (sum[i] ?? 0) + factor * x;
  });
}
