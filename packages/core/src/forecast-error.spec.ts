import { ForecastError, invalidArgument } from './forecast-error.js';

describe('ForecastError', () => {
  it('carries a code and its cause', () => {
    const cause = new RangeError('no room');
    const error = new ForecastError('resource-exhausted', 'memory is full', { cause });
    expect(error).toMatchObject({ name: 'ForecastError', code: 'resource-exhausted', cause });
  });

  it.each([
    [0, '0'],
    [-0, '-0'],
    [NaN, 'NaN'],
    ['0', '"0"'],
    [undefined, 'undefined'],
    [[1, 'a', [-0]], '[1, "a", [-0]]'],
  ])('invalidArgument prints %p', (value, text) => {
    expect(invalidArgument('interval', 'an integer >= 1', value).message).toBe(
      `interval must be an integer >= 1, got ${text}`,
    );
  });
});
