import { invalidArgument } from '@forecache/core';

import type { TokenSelection } from '../model-host.js';
import type { ChosenTokens } from './token-rows.js';

/** What the tokens of a batch are chosen by, each array [batch, tokens]. */
export interface TokenRanking {
  readonly batch: number;
  readonly tokens: number;
  /** The higher, the sooner computed; any scale. */
  readonly scores: Float32Array;
  /** Calls since a token was computed, not counting this one and that one. */
  readonly ages: Int32Array;
}

/** Throws unless tokens of a sample can be chosen so. */
export function assertChoosable(name: string, selection: TokenSelection, tokens: number): void {
  if (selection.tokens > tokens) {
    throw invalidArgument(`${name}.tokens`, `an integer in 0..${tokens}`, selection.tokens);
  }
  if (selection.grid > 0 && !Number.isInteger(Math.sqrt(tokens))) {
    const rule = `0 where the ${tokens} tokens are no square grid`;
    throw invalidArgument(`${name}.grid`, rule, selection.grid);
  }
}

/**
 * The tokens to compute in each sample, by itself, as ToCa chooses them (arXiv 2410.05317, and its code for DiT): the
 * highest of score / |scores|₂ + stalenessWeight * age, after the best token of each grid cell is raised by gridBonus
 * times the size of its own sum. Of equals, the first. A sum that is no number comes last.
 *
 * Two things differ from the authors' code. It needs a grid that the cell divides; here the cells at the right and lower
 * edge are smaller where it does not: 7 x 7 tokens in cells of 2 make 4 x 4 cells. And it adds gridBonus * sum, which
 * lowers the best token of a cell where sums are negative, as scores of value norms above 1 are.
 */
export function chooseTokens(ranking: TokenRanking, selection: TokenSelection): ChosenTokens {
  const { batch, tokens } = ranking;
  assertChoosable('selection', selection, tokens);
  const count = selection.tokens;
  const chosen = { count, indices: new Int32Array(batch * count) };
  const sums = new Float64Array(tokens);
  const sorted = new Float64Array(tokens);
  for (let sample = 0; sample < batch; sample++) {
    sumScores(sums, ranking, { sample, stalenessWeight: selection.stalenessWeight });
    if (selection.grid > 0) raiseBestOfCells(sums, selection);
    sorted.set(sums);
    sorted.sort();
    const target = chosen.indices.subarray(sample * count, (sample + 1) * count);
    takeHighest(target, sums, sorted);
  }
  return chosen;
}

function sumScores(
  sums: Float64Array,
  { tokens, scores, ages }: TokenRanking,
  { sample, stalenessWeight }: { readonly sample: number; readonly stalenessWeight: number },
): void {
  const start = sample * tokens;
  let squares = 0;
  for (let at = start; at < start + tokens; at++) squares += (scores[at] as number) ** 2;
  const norm = squares > 0 ? Math.sqrt(squares) : 1;
  for (let token = 0; token < tokens; token++) {
    const score = (scores[start + token] as number) / norm;
    const sum = score + stalenessWeight * (ages[start + token] as number);
    sums[token] = Number.isNaN(sum) ? -Infinity : sum;
  }
}

function raiseBestOfCells(sums: Float64Array, { grid, gridBonus }: TokenSelection): void {
  const side = Math.sqrt(sums.length);
  for (let top = 0; top < side; top += grid) {
    for (let left = 0; left < side; left += grid) {
      let best = top * side + left;
      for (let row = top; row < Math.min(top + grid, side); row++) {
        for (let column = left; column < Math.min(left + grid, side); column++) {
          const token = row * side + column;
          if ((sums[token] as number) > (sums[best] as number)) best = token;
        }
      }
      const sum = sums[best] as number;
      if (sum > -Infinity) sums[best] = sum + gridBonus * Math.abs(sum);
    }
  }
}

/** Fills `target` with the positions of its length's highest sums, rising. `sorted` holds the sums from low to high. */
function takeHighest(target: Int32Array, sums: Float64Array, sorted: Float64Array): void {
  if (target.length === 0) return;
  const threshold = sorted[sorted.length - target.length] as number;
  let above = 0;
  for (let token = 0; token < sums.length; token++) {
    if ((sums[token] as number) > threshold) above += 1;
  }
  let equalsLeft = target.length - above;
  let filled = 0;
  for (let token = 0; token < sums.length && filled < target.length; token++) {
    const sum = sums[token] as number;
    if (sum < threshold || (sum === threshold && equalsLeft === 0)) continue;
    if (sum === threshold) equalsLeft -= 1;
    target[filled] = token;
    filled += 1;
  }
}
