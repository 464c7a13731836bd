import { fillRandomScores } from './random-scores.js';

function scoresOf(seed: string, count = 4): readonly number[] {
  const scores = new Float32Array(count);
  fillRandomScores(scores, seed);
  return [...scores];
}

describe('fillRandomScores', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    expect(scoresOf('run joint 3 blocks.0.mlp')).toEqual(scoresOf('run joint 3 blocks.0.mlp'));
    expect(scoresOf('run joint 3 blocks.0.mlp')).not.toEqual(scoresOf('run joint 4 blocks.0.mlp'));
  });

  it('gives a position the same number whatever the length', () => {
    expect(scoresOf('seed', 9).slice(0, 4)).toEqual(scoresOf('seed', 4));
  });

  it('spreads evenly over [0, 1)', () => {
    const scores = scoresOf('even', 10_000);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scores)).toBeLessThan(1);
    const tenths = scores.reduce<number[]>((counts, score) => {
      const tenth = Math.floor(score * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
      return counts;
    }, []);
    // 1,000 expected with a deviation of 30; 5 deviations are allowed.
    expect(tenths).toHaveLength(10);
    tenths.forEach((count) => expect(Math.abs(count - 1000)).toBeLessThan(150));
  });
});
