import { assertChoosable, chooseTokens } from './choose-tokens.js';
import type { TokenSelection } from '../model-host.js';

const PLAIN: TokenSelection = { tokens: 2, stalenessWeight: 0, grid: 0, gridBonus: 0 };

/** The tokens chosen in each sample; `rows` holds the scores of one sample each. */
function choose(
  rows: readonly (readonly number[])[],
  change: Partial<TokenSelection> = {},
  ages: readonly number[] = [],
): readonly (readonly number[])[] {
  const [{ length: tokens } = []] = rows;
  const ranking = {
    batch: rows.length,
    tokens,
    scores: Float32Array.from(rows.flat()),
    ages: Int32Array.from({ length: rows.length * tokens }, (_, at) => ages[at] ?? 0),
  };
  const { count, indices } = chooseTokens(ranking, { ...PLAIN, ...change });
  return rows.map((_, sample) => [...indices.subarray(sample * count, (sample + 1) * count)]);
}

describe('chooseTokens', () => {
  it('takes the highest scores of each sample by itself, rising', () => {
    const first = [1, 9, 2, 8];
    const second = [0.3, 0.2, 0.1, 0.4];
    expect(choose([first, second])).toEqual([
      [1, 3],
      [0, 3],
    ]);
  });

  it('takes the first of equals', () => {
    expect(choose([[5, 5, 5, 5]])).toEqual([[0, 1]]);
    expect(choose([[1, 5, 1, 1]])).toEqual([[0, 1]]);
    expect(choose([[0, -0, 0, 0]])).toEqual([[0, 1]]);
  });

  it.each([
    [0, []],
    [1, [3]],
    [4, [0, 1, 2, 3]],
  ])('takes exactly %i tokens', (tokens, expected) => {
    expect(choose([[1, 2, 3, 4]], { tokens })).toEqual([expected]);
  });

  it('adds the weighted age to scores of length 1', () => {
    // (30, 40, 0, 0) / 50 = (0.6, 0.8, 0, 0). Ages 0, 0, 1, 4 at weight 0.25 make (0.6, 0.8, 0.25, 1).
    const scores = [30, 40, 0, 0];
    const ages = [0, 0, 1, 4];
    expect(choose([scores], { stalenessWeight: 0.25 }, ages)).toEqual([[1, 3]]);
    // At weight 0.1: (0.6, 0.8, 0.1, 0.4).
    expect(choose([scores], { stalenessWeight: 0.1 }, ages)).toEqual([[0, 1]]);
  });

  it('scores of 0 leave the choice to the ages', () => {
    expect(choose([[0, 0, 0]], { tokens: 1, stalenessWeight: 1 }, [0, 2, 1])).toEqual([[1]]);
  });

  it('raises the best token of each cell by its share', () => {
    // Cells of 2 on 4 x 4: the upper left holds 8 7 6 5, the best of the others are 6, 5 and 4.
    const scores = [
      [8, 7, 6, 0],
      [6, 5, 0, 0],
      [5, 0, 4, 0],
      [0, 0, 0, 0],
    ].flat();
    expect(choose([scores], { tokens: 4, grid: 2, gridBonus: 0 })).toEqual([[0, 1, 2, 4]]);
    // The best of each raised by half: 12, 9, 7.5, 6; the rest of the upper left stays 7 6 5.
    expect(choose([scores], { tokens: 3, grid: 2, gridBonus: 0.5 })).toEqual([[0, 2, 8]]);
    // Doubled: 16, 12, 10, 8, so one token of each cell.
    expect(choose([scores], { tokens: 4, grid: 2, gridBonus: 1 })).toEqual([[0, 2, 8, 10]]);
  });

  it('raises by the sum of score and age, not by the score alone', () => {
    // One cell over all: sums (0.6, 0.8, 0, 0) + 1 * (0, 0, 0, 1); only token 3 is raised.
    const options = { tokens: 1, stalenessWeight: 1, grid: 2, gridBonus: 1 };
    expect(choose([[3, 4, 0, 0]], options, [0, 0, 0, 1])).toEqual([[3]]);
  });

  it('makes smaller cells at the edge where the cell does not divide the grid', () => {
    // Cells of 2 on 3 x 3: {0 1 3 4} {2 5} {6 7} {8}; the best of each: 4, 5, 7, 8.
    const scores = [9, 9.1, 1, 9.2, 9.3, 2, 3, 4, 5];
    expect(choose([scores], { tokens: 4, grid: 2, gridBonus: 10 })).toEqual([[4, 5, 7, 8]]);
  });

  it('a bonus raises negative sums too', () => {
    // The best of the one cell, -0.5 before the norm, is raised by as much. Added as it is, it would be the lowest, -1.5.
    expect(choose([[-1, -1, -0.5, -1]], { tokens: 1, grid: 2, gridBonus: 2 })).toEqual([[2]]);
    // Cells of 1 raise every token: s + 3 |s| is 2, 4, 6, 8 times the norm's factor.
    expect(choose([[-1, -2, -3, -4]], { tokens: 1, grid: 1, gridBonus: 3 })).toEqual([[3]]);
  });

  it('takes tokens whose score is no number last, and still as many as asked', () => {
    expect(choose([[1, NaN, 2, 0]], { tokens: 3 })).toEqual([[0, 2, 3]]);
    expect(choose([[NaN, NaN, NaN, NaN]])).toEqual([[0, 1]]);
  });
});

describe('assertChoosable refuses', () => {
  it('more tokens than there are', () => {
    expect(() => assertChoosable('selection', { ...PLAIN, tokens: 50 }, 49)).toThrow(
      'selection.tokens must be an integer in 0..49, got 50',
    );
    expect(() => assertChoosable('selection', { ...PLAIN, tokens: 49 }, 49)).not.toThrow();
  });

  it('a grid on tokens that are no square', () => {
    expect(() => assertChoosable('selection', { ...PLAIN, grid: 2 }, 12)).toThrow(
      'selection.grid must be 0 where the 12 tokens are no square grid, got 2',
    );
    expect(() => assertChoosable('selection', { ...PLAIN, grid: 3 }, 49)).not.toThrow();
  });
});
