import {
  parseChoice,
  parseInteger,
  parseNumber,
  parseNumbers,
  parsePairs,
} from './parse-values.js';

describe('parse values', () => {
  it.each(['1.5', '', 'x', '0x10', '1e3', '-1', '99999999999999999999'])(
    'rejects %j as an integer >= 0',
    (text) => {
      expect(() => parseInteger('count', text, 0)).toThrow(
        `count must be an integer >= 0, got "${text}"`,
      );
    },
  );

  it('reads integers, numbers and lists', () => {
    expect(parseInteger('count', '007', 1)).toBe(7);
    expect(parseNumber('at', '-2.5e-3')).toBe(-0.0025);
    expect(parseNumbers('full', '0, 1,2.5')).toEqual([0, 1, 2.5]);
  });

  it.each(['', 'NaN', 'Infinity', '1,,2'])('rejects %j as numbers', (text) => {
    expect(() => parseNumbers('full', text)).toThrow(
      `full must be numbers separated by commas, got "${text}"`,
    );
  });

  it('reads one of a closed set', () => {
    expect(parseChoice('mode', 'plan', ['plan', 'proxy'])).toBe('plan');
    expect(() => parseChoice('mode', 'Plan', ['plan', 'proxy'])).toThrow(
      'mode must be "plan" or "proxy", got "Plan"',
    );
  });

  it('reads pairs, values with "=" included, and no name twice', () => {
    expect(parsePairs('option', ['a=1', 'b=x=y', 'c='])).toEqual({ a: '1', b: 'x=y', c: '' });
    expect(() => parsePairs('option', ['a'])).toThrow('option must be name=value, got "a"');
    expect(() => parsePairs('option', ['=1'])).toThrow('option must be name=value, got "=1"');
    expect(() => parsePairs('option', ['a=1', 'a=2'])).toThrow(
      'option must be given once for a, got "a=2"',
    );
  });

  it('keeps hostile names as plain keys', () => {
    expect(Object.keys(parsePairs('option', ['__proto__=1']))).toEqual(['__proto__']);
  });
});
