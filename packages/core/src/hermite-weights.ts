import { differenceLadder, sumLadder, type LadderOptions } from './difference-ladder.js';

/** Where to forecast, and how strongly. */
export interface HermiteOptions {
  readonly at: number;
  /** sigma, > 0. */
  readonly scale: number;
}

/**
 * HiCache's weights, newest first: F + the sum over i >= 1 of D_i / i! sigma^i H_i(sigma x), with D_i from
 * the authors' ladder, x = at - newest position and H_i the physicists' Hermite polynomials (H_1 = 2y).
 * Source: HiCache, arXiv 2508.16984.
 *
 * At order 1 it is Taylor with the slope times 2 sigma^2: all of it at sigma = sqrt(1/2), half at 0.5.
 * Damping halves what noise adds to a forecast, and lags by half the way on a line; compare it with a
 * Taylor forecast of the same slope before crediting the basis. From order 2 on it is not interpolatory:
 * 2 sigma^4 x^2 - sigma^2 leaves -sigma^2 D_2 at x = 0, which depends on the unit of position, so sigma is
 * meant for positions counted in calls. Weights still sum to 1: differences see nothing of a constant.
 */
export function hermiteWeights(ladderOptions: LadderOptions, options: HermiteOptions): number[] {
  const ladder = differenceLadder(ladderOptions);
  const x = options.at - (ladderOptions.entries.at(-1)?.position ?? NaN);
  return sumLadder(ladder, hermiteCoefficients(x, options.scale, ladder.length));
}

/**
 * a_i = sigma^i H_i(sigma x) / i! for i = 0 .. count - 1. From H_{i+1} = 2y H_i - 2i H_{i-1} follows
 * a_{i+1} = 2 sigma^2 (x a_i - a_{i-1}) / (i + 1).
 */
function hermiteCoefficients(x: number, sigma: number, count: number): number[] {
  const coefficients: number[] = [];
  let [last, before] = [1, 0];
  for (let i = 1; i <= count; i++) {
    coefficients.push(last);
    [last, before] = [(2 * sigma * sigma * (x * last - before)) / i, last];
  }
  return coefficients;
}
