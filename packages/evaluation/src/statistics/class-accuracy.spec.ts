import { classAccuracy, indexOfLargest } from './class-accuracy.js';
import { spreadOf } from './spread.js';

describe('classAccuracy', () => {
  it('is the part of samples whose largest logit is at the label', () => {
    expect(
      classAccuracy(
        [
          [0, 1],
          [3, 2],
          [5, 6],
          [1, 9],
        ],
        [1, 0, 0, 1],
      ),
    ).toBe(0.75);
  });

  it('rejects empty input and uneven lengths', () => {
    expect(() => classAccuracy([], [])).toThrow('logits.length must be >= 1, got 0');
    expect(() => classAccuracy([[1]], [0, 1])).toThrow(
      'labels.length must be logits.length = 1, got 2',
    );
  });
});

describe('indexOfLargest', () => {
  it('takes the first of equals', () => expect(indexOfLargest([1, 3, 3])).toBe(1));
  it('rejects nothing to choose from', () => {
    expect(() => indexOfLargest([])).toThrow('values.length must be >= 1, got 0');
  });
});

describe('spreadOf', () => {
  it('gives mean, sample deviation and ends', () => {
    // deviations -1, 0, 1: variance 2 / 2
    expect(spreadOf([1, 2, 3])).toEqual({
      mean: 2,
      deviation: 1,
      smallest: 1,
      largest: 3,
      count: 3,
    });
  });

  it('keeps Infinity when all images are identical', () => {
    expect(spreadOf([Infinity, Infinity])).toMatchObject({ mean: Infinity, deviation: 0 });
  });

  it('rejects nothing', () => {
    expect(() => spreadOf([])).toThrow('values.length must be >= 1, got 0');
  });
});
