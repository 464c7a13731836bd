import { inRounds } from './generate-row.js';

describe('inRounds', () => {
  it('takes turns, and answers one list an entry', async () => {
    const turns: string[] = [];
    const results = await inRounds(['a', 'b'], 2, async (entry, round) => {
      turns.push(`${entry}${round}`);
      return `${entry}${round}`;
    });
    expect(turns).toEqual(['a0', 'b0', 'a1', 'b1']);
    expect(results).toEqual([
      ['a0', 'a1'],
      ['b0', 'b1'],
    ]);
  });

  it('of no round or no entry is empty', async () => {
    const never = () => Promise.reject(new Error('nobody asked'));
    expect(await inRounds(['a'], 0, never)).toEqual([[]]);
    expect(await inRounds([], 3, never)).toEqual([]);
  });
});
