import { allTokens, gatherRows, rowNumbers, scatterRows } from './token-rows.js';

/** Two samples of three tokens, two wide: 0 1, 2 3, 4 5 and 6 7, 8 9, 10 11. */
const feature = Float32Array.from({ length: 12 }, (_, i) => i);
const sizes = { tokens: 3, width: 2 };
/** Tokens 0 and 2 of the first sample, 1 and 2 of the second. */
const chosen = { count: 2, indices: Int32Array.of(0, 2, 1, 2) };

describe('rows of chosen tokens', () => {
  it('are numbered over the whole batch', () => {
    expect([...rowNumbers(chosen, 3)]).toEqual([0, 2, 4, 5]);
    expect([...rowNumbers(allTokens(2, 3), 3)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are gathered in order', () => {
    expect([...gatherRows(feature, chosen, sizes)]).toEqual([0, 1, 4, 5, 8, 9, 10, 11]);
  });

  it('are put back to their tokens, and nowhere else', () => {
    const target = feature.slice();
    scatterRows(target, new Float32Array(8).fill(-1), { chosen, sizes });
    expect([...target]).toEqual([-1, -1, 2, 3, -1, -1, 6, 7, -1, -1, -1, -1]);
  });

  it('of all tokens are the feature', () => {
    expect(gatherRows(feature, allTokens(2, 3), sizes)).toEqual(feature);
  });

  it('of no token are empty and change nothing', () => {
    const none = { count: 0, indices: new Int32Array() };
    const target = feature.slice();
    scatterRows(target, gatherRows(feature, none, sizes), { chosen: none, sizes });
    expect(target).toEqual(feature);
    expect(rowNumbers(none, 3)).toHaveLength(0);
  });
});
