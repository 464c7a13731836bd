import { differenceLadder, sumLadder, type LadderOptions } from './difference-ladder.js';

/**
 * TaylorSeer's weights, newest first: the sum of D_i x^i / i! at x = at - newest position, with D_i from
 * the authors' ladder.
 *
 * Eq. (10) of the paper is its equally spaced case, with the sign of a gap carried by the direction of the
 * positions. Backward differences in a Taylor polynomial are not the interpolating polynomial: at gap N
 * the forecast of s^2 at order >= 2 is off by -N x. That is the method.
 */
export function officialWeights(options: LadderOptions, at: number): number[] {
  const ladder = differenceLadder(options);
  const x = at - (options.entries.at(-1)?.position ?? NaN);
  return sumLadder(ladder, taylorCoefficients(x, ladder.length));
}

/** x^i / i! for i = 0 .. count - 1. */
function taylorCoefficients(x: number, count: number): number[] {
  const coefficients = [1];
  for (let i = 1; i < count; i++) coefficients.push((coefficients[i - 1] ?? NaN) * (x / i));
  return coefficients;
}
