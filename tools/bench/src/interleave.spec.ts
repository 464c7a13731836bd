import { interleave, quantile, timeOnce } from './interleave.js';

describe('interleave', () => {
  it('takes turns, and leaves the warm-up out', async () => {
    const turns: string[] = [];
    const contender = (name: string) => ({ name, bytes: 0, run: () => void turns.push(name) });
    const timings = await interleave([contender('a'), contender('b')], { rounds: 2, warmup: 1 });
    expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(timings.map(({ name, rounds }) => [name, rounds])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('compares a contender with the first one of the same round', async () => {
    // Rounds: 10 and 20 against 30 and 80, so ratios 3 and 4.
    const own = (name: string, times: number[]) => ({
      name,
      bytes: 0,
      run: () => times.shift() ?? NaN,
    });
    const contenders = [own('reference', [10, 20]), own('other', [30, 80])];
    const [reference, other] = await interleave(contenders, { rounds: 2, warmup: 0 });
    expect(reference?.ratio).toEqual({ median: 1, p10: 1, p90: 1 });
    expect(other?.ratio).toEqual({ median: 4, p10: 3, p90: 4 });
    expect([other?.minUs, other?.p90Us]).toEqual([30, 80]);
  });
});

describe('timeOnce', () => {
  it('prefers the time that a contender measured itself', async () => {
    expect(await timeOnce(() => 7)).toBe(7);
    expect(await timeOnce(() => undefined)).toBeGreaterThan(0);
  });
});

describe('quantile', () => {
  it('is the nearest rank, and NaN of nothing', () => {
    const sorted = Float64Array.of(1, 2, 3, 4);
    expect([0, 0.5, 0.9, 1].map((fraction) => quantile(sorted, fraction))).toEqual([1, 3, 4, 4]);
    expect(quantile(new Float64Array(), 0.5)).toBeNaN();
  });
});
