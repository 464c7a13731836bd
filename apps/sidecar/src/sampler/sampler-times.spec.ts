import { assertTimes, evenTimes, shiftedTimes, stepAt, timestepsOf } from './sampler-times.js';

describe('timestepsOf', () => {
  it('falls from 1 and never reaches 0', () =>
    expect(timestepsOf(4)).toEqual([1, 0.75, 0.5, 0.25]));
});

describe('shiftedTimes', () => {
  it('moves times towards the noise and leaves both ends', () => {
    // 3 · 0.5 / (1 + 2 · 0.5) = 0.75
    expect(shiftedTimes(2, 3)).toEqual([1, 0.75, 0]);
    // 0.5 · 0.5 / (1 - 0.5 · 0.5) = 1/3
    expect(shiftedTimes(2, 0.5)).toEqual([1, 1 / 3, 0]);
  });

  it('by 1 changes no bit', () => expect(shiftedTimes(50, 1)).toEqual(evenTimes(50)));

  it.each([0, -1, NaN, Infinity])('refuses %d', (shift) =>
    expect(() => shiftedTimes(4, shift)).toThrow(`shift must be a number > 0, got ${shift}`),
  );
});

describe('stepAt', () => {
  it('leads from a time to the next', () => expect(stepAt([1, 0.4, 0], 1)).toEqual([0.4, 0]));
});

describe('assertTimes', () => {
  it.each([
    [[0], 'times.length must be >= 2, got 1'],
    [[1.5, 0], 'times[0] must be > 0 and <= 1, got 1.5'],
    [[NaN, 0], 'times[0] must be > 0 and <= 1, got NaN'],
    [[1, 0.5, 0.5, 0], 'times[2] must be below times[1] (0.5), got 0.5'],
    [[1, 0.5, NaN], 'times[2] must be below times[1] (0.5), got NaN'],
    [[1, 0.5], 'times[1] must be 0, got 0.5'],
  ])('refuses %j', (times, message) => expect(() => assertTimes(times)).toThrow(message));

  it('takes times that were found by other means', () =>
    expect(() => assertTimes([0.98, 0.7, 0.02, 0])).not.toThrow());
});
