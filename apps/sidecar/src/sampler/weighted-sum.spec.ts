import { weightedSum } from './weighted-sum.js';

describe('weightedSum', () => {
  it('may end in one of its sources', () => {
    const x = Float32Array.of(1, 2);
    weightedSum(x, [2, -1], [x, Float32Array.of(10, 20)]);
    expect([...x]).toEqual([-8, -16]);
  });

  it('is rounded once: what single precision cannot hold on the way is not lost', () => {
    // 2^24 + 1 is no float32
    const x = Float32Array.of(0);
    weightedSum(
      x,
      [1, 1, -1],
      [Float32Array.of(2 ** 24), Float32Array.of(1), Float32Array.of(2 ** 24)],
    );
    expect([...x]).toEqual([1]);
  });

  it('of sources that are too short is not a number', () => {
    const x = Float64Array.of(0, 0);
    weightedSum(x, [1], [Float64Array.of(5)]);
    expect([...x]).toEqual([5, NaN]);
  });
});
