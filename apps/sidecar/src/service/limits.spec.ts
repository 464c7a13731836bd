import { assertWithinLimit, compileLimits, DEFAULT_LIMITS } from './limits.js';

test('defaults fill what is not given', () => {
  expect(compileLimits({ maxRuns: 3 })).toEqual({ ...DEFAULT_LIMITS, maxRuns: 3 });
});

test.each([0, -1, 1.5, NaN, Infinity])('a limit of %d is rejected', (maxRuns) => {
  expect(() => compileLimits({ maxRuns })).toThrow(
    `maxRuns must be an integer >= 1, got ${maxRuns}`,
  );
});

test('the limit itself is allowed, one more is not', () => {
  const limits = compileLimits({ maxRuns: 2 });
  const ask = (asked: number) => () =>
    assertWithinLimit(limits, { limit: 'maxRuns', what: 'open runs', asked });
  expect(ask(2)).not.toThrow();
  expect(ask(3)).toThrow('open runs must be at most 2 (maxRuns), got 3');
});
