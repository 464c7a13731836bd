import { innerProduct, norm } from './inner-product.js';

/** Equations with at least as many unknowns: rows[i] · x = values[i]. */
export interface LinearSystem {
  readonly rows: readonly (readonly number[])[];
  readonly values: readonly number[];
  /**
   * Equations are dropped whose row, relative to its length, has no more than this to add to the rows
   * before. Default: none is, and rows that depend on each other give a solution that is not finite.
   */
  readonly tolerance?: number;
}

/** What is left of a row that others make up, relative to the row. */
const ROUNDING = 8 * Number.EPSILON;

/** One direction of the row space and the solution's coordinate along it. */
interface Component {
  readonly direction: readonly number[];
  readonly coordinate: number;
}

/**
 * The shortest x that solves every equation, by Gram-Schmidt on the rows, twice each so that the
 * directions are orthogonal to rounding. Equations are taken in order: earlier ones are met most exactly.
 *
 * To reproduce a polynomial or a mode is such an equation on weights, and the shortest solution is what
 * least squares amounts to when it is asked for weights instead of coefficients.
 */
export function shortestSolution({ rows, values, tolerance }: LinearSystem): number[] {
  const components: Component[] = [];
  rows.forEach((row, i) => {
    const component = nextComponent(components, row, values[i] ?? NaN);
    const isKnown = tolerance !== undefined && component.newness <= tolerance;
    if (!isKnown) components.push(component);
  });
  const solution = new Array<number>(rows[0]?.length ?? 0).fill(0);
  for (const { direction, coordinate } of components) addScaled(solution, coordinate, direction);
  return solution;
}

function nextComponent(known: readonly Component[], row: readonly number[], value: number) {
  const rest = [...row];
  let left = value;
  for (let pass = 0; pass < 2; pass++) {
    for (const { direction, coordinate } of known) {
      const along = innerProduct(direction, rest);
      addScaled(rest, -along, direction);
      left -= along * coordinate;
    }
  }
  const newness = norm(rest) / norm(row);
  const length = newness > ROUNDING ? norm(rest) : 0;
  return { direction: rest.map((x) => x / length), coordinate: left / length, newness };
}

function addScaled(sum: number[], factor: number, direction: readonly number[]): void {
  direction.forEach((x, i) => {
    sum[i] = (sum[i] ?? 0) + factor * x;
  });
}
